import { afterAll, beforeAll } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createTestClock, type TestClock } from '../../src/clock.js';
import { createDataSource } from '../../src/db/data-source.js';
import { isPassing } from '../../src/db/passing.js';
import type { Answer, ApplyResult } from '../../src/domain/journey/apply.types.js';
import type { Actor, Command, CommandBodies } from '../../src/domain/journey/inputs.js';
import type { Row } from '../../src/domain/journey/row.js';
import type { Policy } from '../../src/domain/policy/policy.schema.js';
import type { JournalKey } from '../../src/journal/chain.js';
import { createApply, createApplyDirectly, type Apply, type ApplyDirectly } from '../../src/leads/apply.js';
import { storeCommand, type StoredCommand } from '../../src/leads/inbox-store.js';
import { createIngest } from '../../src/leads/ingest.js';
import type { Ingest, LeadCapture, NewEvent } from '../../src/leads/ingest.types.js';
import { createPolicyStore, type PolicyStore } from '../../src/policies/policy-store.js';
import { useTestDatabase } from '../support/postgres.js';

export const START = Date.parse('2026-03-02T09:00:00Z');
export const ADMIN: Actor = { kind: 'admin', id: 'key-1', onBehalfOf: null };
export const asRep = (rep: string): Actor => ({ kind: 'rep', id: rep, onBehalfOf: null });
export const TEST_KEY: JournalKey = { id: 'test', key: Buffer.alloc(32, 7) };

/** Baton without HTTP and Temporal: ingest, inbox and apply over a real database and a clock that stands. */
export class World {
  clock: TestClock = createTestClock(START);
  dataSource!: DataSource;
  policies!: PolicyStore;
  apply!: Apply;
  applyDirectly!: ApplyDirectly;
  ingest!: Ingest;
  #n = 0;

  async open(url: string): Promise<void> {
    this.dataSource = createDataSource({ url, poolSize: 20, name: 'baton-test' });
    await this.dataSource.initialize();
    this.policies = createPolicyStore(TEST_KEY);
    const deps = {
      dataSource: this.dataSource,
      policies: this.policies,
      journalKey: TEST_KEY,
      clock: this.clock,
    };
    this.apply = createApply(deps);
    this.applyDirectly = createApplyDirectly(deps);
    this.ingest = createIngest(deps);
  }

  query<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return this.dataSource.query(sql, [...parameters]);
  }

  async use(policy: Policy): Promise<string> {
    return this.dataSource.transaction(async (manager) => {
      const hash = await this.policies.save(manager, policy, this.clock.now());
      await this.policies.activate(manager, hash, this.clock.now());
      return hash;
    });
  }

  /** A pool and its reps, each with the same cap. */
  async pool(pool: string, reps: readonly string[], cap: number | null = null): Promise<void> {
    await this.query(`insert into pool (id, name) values ($1, $1) on conflict do nothing`, [pool]);
    for (const rep of reps) {
      await this.query(`insert into rep (id, name, cap) values ($1, $1, $2) on conflict do nothing`, [
        rep,
        cap,
      ]);
      await this.query(`insert into pool_member values ($1, $2, 1, 0)`, [pool, rep]);
    }
  }

  event(kind: string, at = this.clock.now()): NewEvent {
    return { source: 'web', id: `e${++this.#n}`, kind, occurredAt: at, properties: {} };
  }

  /** Captures a lead and does what its workflow would do at once. */
  async lead(capture: Partial<LeadCapture> = {}): Promise<string> {
    const id = await this.capture(capture);
    await this.run(id);
    return id;
  }

  async capture(capture: Partial<LeadCapture> = {}): Promise<string> {
    const keys = { externalIds: [{ source: 'crm', id: `x${++this.#n}` }] };
    const [result] = await this.ingest.captureLeads([{ keys, ...capture }], ADMIN);
    if (result === undefined || result.status === 'fault') throw new Error(JSON.stringify(result));
    return result.leadId;
  }

  /** A lead that is hot enough to be handed off, and is. */
  hot(): Promise<string> {
    const events = [1, 2, 3].map(() => this.event('pricing_page'));
    return this.lead({ fields: { industry: 'software' }, events });
  }

  /** What the workflow's loop does when it is rung, or when its timer fires. */
  async run(leadId: string): Promise<ApplyResult> {
    for (let turn = 0; turn < 100; turn++) {
      const result = await this.apply({ leadId, at: this.clock.now(), command: null }).catch(unlessPassing);
      if (result?.more === false) return result;
    }
    throw new Error(`lead ${leadId} never comes to rest`);
  }

  store<C extends Command>(
    leadId: string,
    kind: C,
    body: CommandBodies[C],
    actor: Actor,
    inputId = `command-${++this.#n}`,
    personal: unknown = null,
  ): Promise<StoredCommand & { inputId: string }> {
    return this.dataSource
      .transaction((manager) =>
        storeCommand(manager, {
          leadId,
          inputId,
          kind,
          actor,
          body,
          bodyHash: JSON.stringify(body),
          personal,
          occurred: null,
          receivedAt: this.clock.now(),
        }),
      )
      .then((stored) => ({ ...stored, inputId }));
  }

  /** Stores a command and lets apply come to its turn, as the workflow does. */
  async command<C extends Command>(
    leadId: string,
    kind: C,
    body: CommandBodies[C],
    actor: Actor,
    inputId?: string,
  ): Promise<Answer> {
    const stored = await this.store(leadId, kind, body, actor, inputId);
    return this.decide(leadId, stored.inputId);
  }

  async decide(leadId: string, inputId: string): Promise<Answer> {
    for (let turn = 0; turn < 100; turn++) {
      const { answer } = await this.apply({ leadId, at: this.clock.now(), command: inputId });
      if (answer !== null) return answer;
    }
    throw new Error(`the command ${inputId} is never answered`);
  }

  async rows(leadId: string): Promise<Row[]> {
    const rows = await this.query<{ bytes: string }>(
      'select bytes from journal where lead_id = $1 order by seq',
      [leadId],
    );
    return rows.map(({ bytes }) => JSON.parse(bytes) as Row);
  }

  /** Keys of the jobs that wait, and their removal: as if they had been done. */
  async takeJobs(): Promise<string[]> {
    const jobs = await this.query<{ key: string }>(
      'select key from graphile_worker.jobs where key is not null order by key',
    );
    await this.query('delete from graphile_worker._private_jobs');
    return jobs.map(({ key }) => key);
  }

  async situation(leadId: string): Promise<string | undefined> {
    const [row] = await this.query<{ situation: string }>('select situation from lead where id = $1', [
      leadId,
    ]);
    return row?.situation;
  }

  async holder(leadId: string): Promise<string | null | undefined> {
    const [row] = await this.query<{ holder: string | null }>('select holder from lead where id = $1', [
      leadId,
    ]);
    return row?.holder;
  }
}

/** A slow machine makes a call give up; the workflow calls again, too. */
function unlessPassing(error: unknown): null {
  if (!isPassing(error)) throw error;
  return null;
}

/** A world for this test file. */
export function useWorld(setUp: (world: World) => Promise<unknown>): World {
  const world = new World();
  // Registered first, so that it runs before the database is dropped.
  afterAll(() => world.dataSource.destroy());
  const database = useTestDatabase();
  beforeAll(async () => {
    await world.open(database().databaseUrl);
    await setUp(world);
  });
  return world;
}
