import { describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { verify } from '../../src/audit/verify.js';
import type { Policy } from '../../src/domain/policy/policy.schema.js';
import { DAY, HOUR } from '../../src/domain/time.js';
import { createMigrationStep } from '../../src/policies/migration/migration-step.js';
import { createPolicyMigrations, type MigrationReport } from '../../src/policies/migration/migrations.js';
import { size } from '../support/size.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { ADMIN, asRep, TEST_KEY, useWorld, type World } from './world.js';

/** Pricing visits are worth more, industry less, and interest fades faster. */
const OTHER: Policy = {
  ...TEST_POLICY,
  name: 'other',
  scoring: {
    ...TEST_POLICY.scoring,
    groups: { ...TEST_POLICY.scoring.groups, web: { part: 'implicit', cap: 100, halfLife: '7 days' } },
    fit: [{ id: 'industry', group: 'fit', field: 'industry', when: { in: ['software'] }, points: 60 }],
    events: [{ id: 'pricing', group: 'web', event: 'pricing_page', points: 60 }],
  },
};
const WISH = { dryRun: false, perSecond: 1_000 };
const LEADS = size(60, 5_000);

const hashes = { first: '', other: '' };
const world: World = useWorld(async (w) => {
  await w.pool('sdr', ['ana', 'ben', 'eve'], null);
  hashes.other = await w.use(OTHER);
  hashes.first = await w.use(TEST_POLICY);
});

const deps = () => {
  const { dataSource, policies, clock } = world;
  return { dataSource, policies, clock, journalKey: TEST_KEY };
};
const migrations = () => createPolicyMigrations(deps());
const activate = (hash: string) =>
  world.dataSource.transaction((tx) => world.policies.activate(tx, hash, world.clock.now()));

type Ask = (tx: EntityManager) => Promise<MigrationReport>;
const ask = (what: Ask): Promise<MigrationReport> => world.dataSource.transaction(what);
const migrate = (hash: string, wish: Partial<typeof WISH> = {}) =>
  ask((tx) => migrations().migrate(tx, hash, { ...WISH, ...wish }, ADMIN));
const undo = (hash: string) => ask((tx) => migrations().undo(tx, hash, WISH, ADMIN));

/** Lets a migration go on until it is done; the leads' workflows do what they are rung for. */
async function finish({ id }: MigrationReport): Promise<MigrationReport> {
  const step = createMigrationStep(deps());
  for (let steps = 0; steps < 1_000; steps++) {
    const { done } = await step(id);
    for (const key of await world.takeJobs()) {
      const [, , lead] = /^ring:(\w+):(.+)$/.exec(key) ?? [];
      if (lead !== undefined) await world.run(lead);
    }
    if (done) return migrations().get(id);
  }
  throw new Error(`the migration ${id} never ends`);
}

const scoreOf = async (lead: string): Promise<number> =>
  (await world.query<{ score: number }>('select score from lead where id = $1', [lead]))[0]?.score ?? NaN;

/** Leads of all sorts, some of them in the hands of reps. */
async function people(count: number): Promise<readonly string[]> {
  const leads: string[] = [];
  for (let i = 0; i < count; i++) {
    const events = Array.from({ length: i % 4 }, (_, n) =>
      world.event('pricing_page', world.clock.now() - n * HOUR),
    );
    const fields = { industry: i % 3 === 0 ? 'retail' : 'software' };
    const lead = await world.lead({ fields, events });
    leads.push(lead);
    if (i % 8 === 7 && (await world.situation(lead)) === 'mql.offered') {
      await world.command(lead, 'accept', {}, asRep((await world.holder(lead)) ?? ''));
    }
  }
  return leads;
}

const findings = async (): Promise<unknown[]> => {
  const { dataSource, clock } = world;
  const found = [];
  const keys = new Map([[TEST_KEY.id, TEST_KEY.key]]);
  for await (const step of verify({ dataSource, clock, keys, gateway: null }, {})) {
    // The pools of this test were made without their history.
    if (step.type === 'finding' && step.finding.lead !== null) found.push(step.finding);
  }
  return found;
};

describe('a migration of open leads', () => {
  it('moves every lead, does what its dry run said, and can be undone', async () => {
    const leads = await people(LEADS);
    await world.takeJobs();
    const stands = async () =>
      new Map(
        await Promise.all(
          leads.map(async (lead) => [lead, [await world.situation(lead), await scoreOf(lead)]] as const),
        ),
      );
    const before = await stands();

    const dry = await finish(await migrate(hashes.other, { dryRun: true }));
    expect(await stands()).toEqual(before);
    expect(dry.counts).toMatchObject({ waiting: 0, sent: 0, leftOut: 0 });
    expect(dry.counts.moved + dry.counts.deferred).toBe(leads.length);
    expect(dry.counts.deferred).toBeGreaterThan(0);
    expect(dry.changes.length).toBeGreaterThan(0);

    await activate(hashes.other);
    const done = await finish(await migrate(hashes.other));
    expect(done.state).toBe('done');
    expect({ counts: done.counts, changes: done.changes }).toEqual({
      counts: dry.counts,
      changes: dry.changes,
    });
    const follow = await world.query<{ policy: string; n: number }>(
      `select policy, count(*) as n from lead where not ended group by policy order by n desc`,
    );
    expect(follow).toContainEqual({ policy: hashes.other, n: done.counts.moved });
    expect(await findings()).toEqual([]);

    await activate(hashes.first);
    const back = await finish(await undo(hashes.other));
    expect(back.counts).toMatchObject({ waiting: 0, sent: 0 });
    for (const lead of leads) {
      const [[was], score] = [before.get(lead) ?? [], await scoreOf(lead)];
      // Where a rep has the lead, no offer is recalled; its score is back all the same, at the next look.
      if ((await world.situation(lead)) === was) expect([lead, score]).toEqual([lead, before.get(lead)?.[1]]);
    }
    expect(await world.query('select 1 from lead where policy <> $1', [hashes.first])).toEqual([]);
    expect(await findings()).toEqual([]);
  }, 600_000);

  it('waits where a rep decides, and takes the lead along when the hand-off has ended', async () => {
    const lead = await world.hot();
    await activate(hashes.other);
    const done = await finish(await migrate(hashes.other));
    expect(done.counts.deferred).toBeGreaterThan(0);
    const pinned = () => world.query<{ policy: string }>('select policy from lead where id = $1', [lead]);
    expect(await pinned()).toEqual([{ policy: hashes.first }]);

    await world.command(lead, 'accept', {}, asRep((await world.holder(lead)) ?? ''));
    await world.run(lead);
    expect(await pinned()).toEqual([{ policy: hashes.other }]);
    const [moved] = (await world.rows(lead)).filter(({ input }) => input.kind === 'pending_policy');
    expect(moved).toMatchObject({
      policy: hashes.other,
      input: { id: expect.stringContaining(done.id) as unknown },
    });
    await activate(hashes.first);
    await finish(await undo(hashes.other));
    expect(await pinned()).toEqual([{ policy: hashes.first }]);
    expect(await findings()).toEqual([]);
  }, 120_000);

  it('goes on where it was interrupted, and tells no lead twice', async () => {
    const leads = await people(12);
    await activate(hashes.other);
    const migration = await migrate(hashes.other, { perSecond: 5 });
    const step = createMigrationStep(deps());
    // Whoever dies after a commit does it again; two at once wait for each other.
    await step(migration.id);
    await Promise.all([step(migration.id), step(migration.id)]);
    const done = await finish(migration);
    expect(done.counts).toMatchObject({ waiting: 0, sent: 0 });
    const rows = await world.query<{ n: number }>(
      `select count(*) as n from journal where kind = 'policy_migrated' and lead_id = any($1)
        group by lead_id having count(*) > 1`,
      [leads],
    );
    expect(rows).toEqual([]);
    await activate(hashes.first);
    await finish(await undo(hashes.other));
  }, 120_000);

  it('is refused beside another one, for an unknown policy and for one that is not active', async () => {
    await expect(migrate('0'.repeat(64))).rejects.toThrow('there is no policy');
    await expect(migrate(hashes.other)).rejects.toThrow('activate it');
    await activate(hashes.other);
    const running = await migrate(hashes.other);
    await expect(migrate(hashes.other)).rejects.toThrow('another migration is running');
    const cancelled = await ask((tx) => migrations().cancel(tx, running.id));
    expect(cancelled.state).toBe('cancelled');
    await activate(hashes.first);
    expect((await finish(await migrate(hashes.first))).state).toBe('done');
    await expect(ask((tx) => migrations().cancel(tx, running.id))).resolves.toMatchObject({
      state: 'cancelled',
    });
  }, 60_000);

  it('shortens a clock that runs without breaching what is still in time', async () => {
    const lead = await world.hot();
    await world.command(lead, 'accept', {}, asRep((await world.holder(lead)) ?? ''));
    const shorter: Policy = {
      ...OTHER,
      name: 'shorter',
      clocks: { ...OTHER.clocks, salesInactivity: { after: '2 days', steps: [{ at: 100, do: 'recycle' }] } },
    };
    const hash = await world.use(shorter);
    await finish(await migrate(hash));
    expect(await world.situation(lead)).toBe('sal');
    world.clock.advance(2 * DAY);
    await world.run(lead);
    expect(await world.situation(lead)).toBe('nurture');
    expect(await findings()).toEqual([]);
  }, 60_000);
});
