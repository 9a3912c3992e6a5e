import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { Client } from 'pg';
import type { Finding, FindingKind } from '../../src/audit/finding.js';
import { verify, type VerifyDeps, type VerifyStep } from '../../src/audit/verify.js';
import { canonical } from '../../src/domain/canonical.js';
import type { Row } from '../../src/domain/journey/row.js';
import { GENESIS, nextLink } from '../../src/journal/chain.js';
import { createPools } from '../../src/pools/pools.js';
import { createReps } from '../../src/reps/reps.js';
import { HOUR } from '../../src/domain/time.js';
import { ADMIN, asRep, TEST_KEY, World } from '../db/world.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { useTestDatabase } from '../support/postgres.js';

/** What a tamperer may write to; put back after each test. */
const TABLES = [
  'setting',
  'policy',
  'policy_step',
  'policy_review',
  'rep',
  'pool',
  'pool_member',
  'operational_entry',
  'lead',
  'journal',
  'evidence',
  'personal_evidence',
  'inbox',
  'score_entry',
  'score_state',
  'stage_entry',
  'assignment',
  'pool_queue',
  'delivery',
  'task',
  'track_enrolment',
] as const;

/** A world whose reps and pools have their history, and somebody with all rights over its database. */
export class AuditedWorld extends World {
  #superuser: Client | undefined;
  /** Rows: captured, offered, reminded, manager told, lapsed, refused, accepted with a note, a criterion, qualified. */
  worked = '';
  /** A lead that waits for somebody. */
  queued = '';

  async openAll(url: string, superuserUrl: string): Promise<void> {
    await this.open(url);
    this.#superuser = new Client({ connectionString: superuserUrl, application_name: 'baton-test-tamperer' });
    await this.#superuser.connect();
    // A tamperer does not stop at foreign keys.
    await this.tamper('set session_replication_role = replica');
  }

  async close(): Promise<void> {
    await this.#superuser?.end();
    await this.dataSource.destroy();
  }

  /** Runs SQL with all rights. */
  async tamper(sql: string, parameters: readonly unknown[] = []): Promise<void> {
    await this.#superuser?.query(sql, [...parameters]);
  }

  async staff(pool: string, reps: readonly string[]): Promise<void> {
    const deps = { dataSource: this.dataSource, journalKey: TEST_KEY, clock: this.clock };
    const [repStore, pools] = [createReps(deps), createPools(deps)];
    await this.dataSource.transaction(async (tx) => {
      for (const id of reps) {
        await repStore.create(tx, { id, name: id, email: null, cap: null, active: true }, ADMIN);
      }
      const members = reps.map((rep) => ({ rep, weight: 1 }));
      await pools.create(tx, { id: pool, name: pool, members }, ADMIN);
    });
  }

  /** Four leads with lapses, refusals, notes, declines, a raised hand. */
  async live(): Promise<void> {
    await this.use(TEST_POLICY);
    await this.staff('sdr', ['ana', 'ben', 'eve']);
    await this.staff('ae', ['zoe']);
    const holder = async (lead: string) => asRep((await this.holder(lead)) ?? 'nobody');
    this.worked = await this.hot();
    const late = await holder(this.worked);
    this.clock.advance(HOUR);
    await this.run(this.worked);
    await this.command(this.worked, 'accept', {}, late);
    const next = await holder(this.worked);
    const { inputId } = await this.store(this.worked, 'accept', {}, next, undefined, { note: 'on my way' });
    await this.decide(this.worked, inputId);
    await this.command(
      this.worked,
      'qualification',
      { criterion: 'budget', answer: 'confirmed', confidence: null },
      next,
    );
    await this.command(this.worked, 'qualify', {}, next);
    const raised = await this.lead({ events: [this.event('demo_request')] });
    await this.command(raised, 'first_response', { channel: 'call' }, await holder(raised));
    this.queued = await this.hot();
    for (let i = 0; i < 3; i++) {
      await this.command(this.queued, 'decline', { reason: 'no_time' }, await holder(this.queued));
    }
    await this.lead();
  }

  /** What {@link putBack} puts back. */
  async keepCopy(): Promise<void> {
    await this.tamper('drop schema if exists kept cascade');
    await this.tamper('create schema kept');
    for (const table of TABLES) await this.tamper(`create table kept.${table} as table ${table}`);
  }

  async putBack(): Promise<void> {
    for (const table of TABLES) {
      await this.tamper(`delete from ${table}`);
      await this.tamper(`insert into ${table} overriding system value select * from kept.${table}`);
    }
  }

  async steps(deps: Partial<VerifyDeps> = {}, lead?: string): Promise<readonly VerifyStep[]> {
    const { dataSource, clock } = this;
    const keys = new Map([[TEST_KEY.id, TEST_KEY.key]]);
    const steps: VerifyStep[] = [];
    for await (const step of verify({ dataSource, clock, keys, gateway: null, ...deps }, { lead })) {
      steps.push(step);
    }
    return steps;
  }

  async findings(deps: Partial<VerifyDeps> = {}, lead?: string): Promise<readonly Finding[]> {
    return (await this.steps(deps, lead)).flatMap((step) => (step.type === 'finding' ? [step.finding] : []));
  }

  /** Tampers, and expects exactly one finding. */
  async expectFound(
    tamper: () => Promise<unknown>,
    kind: FindingKind,
    rest: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await tamper();
    expect(await this.findings()).toEqual([expect.objectContaining({ kind, ...rest })]);
  }

  /** Changes one row of the worked lead as somebody could who has the key. */
  async forgeRow(seq: number, change: (row: Row) => Row): Promise<void> {
    await this.forge(this.worked, (row) => (row.seq === seq ? change(row) : row));
  }

  /** Rewrites a lead's journal as somebody could who has the key: every hash and MAC is right again. */
  async forge(lead: string, change: (row: Row) => Row): Promise<void> {
    let head = GENESIS;
    for (const row of await this.rows(lead)) {
      const bytes = canonical(change(row));
      const { prevHash, hash, mac } = nextLink(TEST_KEY, head, bytes);
      head = hash;
      await this.tamper(
        'update journal set bytes = $3, prev_hash = $4, hash = $5, mac = $6 where lead_id = $1 and seq = $2',
        [lead, row.seq, bytes, prevHash, hash, mac],
      );
    }
    await this.tamper('update lead set head_hash = $2 where id = $1', [lead, head]);
  }
}

/** A world in which enough has happened, put back as it was after each test. */
export function useAuditedWorld(): AuditedWorld {
  const world = new AuditedWorld();
  afterAll(() => world.close());
  const database = useTestDatabase();
  beforeAll(async () => {
    await world.openAll(database().databaseUrl, database().superuserUrl);
    await world.live();
    await world.takeJobs();
    await world.keepCopy();
  });
  afterEach(() => world.putBack());
  return world;
}
