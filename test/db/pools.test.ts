import { describe, expect, it } from '@jest/globals';
import { storeFact } from '../../src/leads/inbox-store.js';
import { leadsToWake } from '../../src/leads/pool-queue-store.js';
import type { Policy } from '../../src/domain/policy/policy.schema.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { size } from '../support/size.js';
import { ADMIN, asRep, useWorld, type World } from './world.js';

const intoPool = (pool: string): Policy => ({
  ...TEST_POLICY,
  name: pool,
  handOffs: {
    ...TEST_POLICY.handOffs,
    sdr: { ...TEST_POLICY.handOffs.sdr, pool },
    byHand: { roles: ['admin'], pools: [pool] },
  },
});

const world = useWorld(async () => undefined);

/** What a `pool.wake` does: rings whom a slot waits for. */
async function wake(w: World, pool: string): Promise<void> {
  const due = (await w.takeJobs()).includes(`pool.wake:${pool}`);
  if (!due) return;
  const leads = await leadsToWake(w.dataSource.manager, pool, w.clock.now());
  for (const lead of leads) await w.run(lead);
  await wake(w, pool);
}

const open = () =>
  world.query<{ rep_id: string; n: number }>(
    'select rep_id, count(*) as n from assignment group by rep_id order by rep_id',
  );
const positions = (pool: string) =>
  world.query('select rep_id, position from pool_member where pool_id = $1 order by rep_id', [pool]);

describe('many leads at once over one pool', () => {
  it('land as they would one after another: same positions, no cap exceeded, no gap in the sequence', async () => {
    const n = size(100, 1000);
    const reps = Array.from({ length: 7 }, (_, i) => `p-${i}`);
    await world.pool('sdr', reps, Math.ceil(n / 10));
    await world.use(intoPool('sdr'));
    const leads: string[] = [];
    for (let i = 0; i < n; i++) leads.push(await world.capture({ events: [world.event('demo_request')] }));
    await Promise.all(leads.map((lead) => world.run(lead)));

    const taken = 7 * Math.ceil(n / 10);
    expect(await open()).toEqual(reps.map((rep) => ({ rep_id: rep, n: Math.ceil(n / 10) })));
    const step = 10n ** 12n * BigInt(Math.ceil(n / 10));
    expect(await positions('sdr')).toEqual(reps.map((rep) => ({ rep_id: rep, position: String(step) })));
    const [{ queued } = { queued: -1 }] = await world.query<{ queued: number }>(
      'select count(*) as queued from pool_queue',
    );
    expect(queued).toBe(n - taken);
    const seqs = await world.query<{ seq: number }>(
      `select (fact ->> 'poolSeq')::int as seq from journal, json_array_elements(bytes::json -> 'facts') fact
        where fact ->> 'pool' = 'sdr' order by 1`,
    );
    expect(seqs.map(({ seq }) => seq)).toEqual(Array.from({ length: n }, (_, i) => i + 1));
  });
});

describe('a lead that nobody can take', () => {
  it('waits visibly and goes out when a slot frees, the first in line first', async () => {
    await world.pool('q', ['q-1'], 1);
    await world.use(intoPool('q'));
    const [holding, first, second] = [await world.hot(), await world.hot(), await world.hot()];
    expect([await world.situation(first), await world.situation(second)]).toEqual([
      'mql.queued',
      'mql.queued',
    ]);
    await world.takeJobs();

    await world.command(holding, 'reject', { reason: 'bad_timing' }, asRep('q-1'));
    await wake(world, 'q');
    expect([await world.holder(first), await world.situation(second)]).toEqual(['q-1', 'mql.queued']);
    await world.command(first, 'reject', { reason: 'bad_timing' }, asRep('q-1'));
    await wake(world, 'q');
    expect(await world.holder(second)).toBe('q-1');
  });

  it('lets a hand-raiser pass, but nobody else', async () => {
    await world.pool('r', ['r-1'], 1);
    await world.use(intoPool('r'));
    const holding = await world.hot();
    const patient = await world.hot();
    const urgent = await world.lead({ events: [world.event('demo_request')] });
    await world.takeJobs();
    await world.command(holding, 'reject', { reason: 'bad_timing' }, asRep('r-1'));
    // A new lead that comes between the freed slot and the wake-up joins the queue behind.
    const late = await world.hot();
    expect(await world.situation(late)).toBe('mql.queued');
    await wake(world, 'r');
    expect([await world.holder(urgent), await world.holder(patient)]).toEqual(['r-1', null]);
  });

  it('passes the wake on when it has more slots than takers were rung for', async () => {
    await world.pool('s', ['s-1'], 1);
    await world.use(intoPool('s'));
    const leads = [await world.hot(), await world.hot(), await world.hot(), await world.hot()];
    await world.query(`update rep set cap = 3 where id = 's-1'`);
    await world.takeJobs();
    // Only one of those that wait is rung.
    await world.run(leads[1]!);
    await wake(world, 's');
    expect(await Promise.all(leads.map((lead) => world.holder(lead)))).toEqual(['s-1', 's-1', 's-1', null]);
    expect(await world.takeJobs()).toEqual([]);
  });

  it('leaves no trace when it is woken for nothing, and does not circle', async () => {
    await world.pool('t', ['t-1'], 1);
    await world.use(intoPool('t'));
    await world.hot();
    const waiting = await world.hot();
    await world.takeJobs();
    const before = await world.rows(waiting);
    const result = await world.run(waiting);
    expect(result).toMatchObject({ more: false, seq: before.length });
    expect(await world.rows(waiting)).toEqual(before);
    expect(await world.takeJobs()).toEqual([]);
    const [pool] = await world.query(`select seq from pool where id = 't'`);
    expect(pool).toEqual({ seq: 2 });
  });

  it('waits, too, in a pool that nobody has made yet', async () => {
    await world.use(intoPool('nowhere'));
    const id = await world.hot();
    expect(await world.situation(id)).toBe('mql.queued');
    await world.pool('nowhere', ['n-1']);
    await world.run(id);
    expect(await world.holder(id)).toBe('n-1');
  });
});

describe('slots that free while others queue', () => {
  it('are never missed: whoever waits is woken or has seen the slot', async () => {
    await world.pool('u', ['u-1', 'u-2'], 2);
    await world.use(intoPool('u'));
    const holding = [await world.hot(), await world.hot(), await world.hot(), await world.hot()];
    for (let round = 0; round < size(5, 50); round++) {
      const leads = [await world.capture(), await world.capture()];
      for (const lead of leads) {
        await world.store(lead, 'hand_off', { reason: 'now', pool: null }, ADMIN, `h-${lead}`);
      }
      const given = holding.splice(0, 2);
      const gone = await Promise.all(
        given.map(async (lead) => ({ lead, rep: asRep((await world.holder(lead)) ?? '') })),
      );
      await Promise.all([
        ...leads.map((lead) => world.decide(lead, `h-${lead}`)),
        ...gone.map(({ lead, rep }) => world.command(lead, 'reject', { reason: 'bad_timing' }, rep)),
      ]);
      await wake(world, 'u');
      const waiting = await world.query(`select lead_id from pool_queue where pool_id = 'u'`);
      expect(waiting).toEqual([]);
      holding.push(...leads);
    }
  });
});

describe('a lead that is rung for a slot', () => {
  it('looks at its pool although another input came first', async () => {
    await world.pool('x', ['x-1'], 1);
    await world.use(intoPool('x'));
    const [holding, waiting] = [await world.hot(), await world.hot()];
    expect(await world.situation(waiting)).toBe('mql.queued');
    await world.command(holding, 'reject', { reason: 'bad_timing' }, asRep('x-1'));
    await world.dataSource.transaction((manager) =>
      storeFact(manager, {
        leadId: waiting,
        inputId: 'meeting',
        kind: 'meeting_booked',
        actor: ADMIN,
        body: {},
        occurred: null,
        receivedAt: world.clock.now(),
      }),
    );
    await world.run(waiting);
    expect(await world.holder(waiting)).toBe('x-1');
  });

  it('leaves the slot to the next in line when it leaves the queue instead', async () => {
    await world.pool('y', ['y-1'], 1);
    await world.use(intoPool('y'));
    const [holding, first, second] = [await world.hot(), await world.hot(), await world.hot()];
    await world.command(holding, 'reject', { reason: 'bad_timing' }, asRep('y-1'));
    // The dispatcher has rung the first one; before it looks, it is disqualified.
    await world.takeJobs();
    await world.command(first, 'disqualify', { reason: 'student' }, ADMIN);
    await wake(world, 'y');
    expect(await world.holder(second)).toBe('y-1');
  });
});

describe('a rep named by a manager', () => {
  it('takes the lead under the same caps', async () => {
    await world.pool('v', ['v-1', 'v-2'], 1);
    await world.use(intoPool('v'));
    const [one, two] = [await world.hot(), await world.hot()];
    const holder = (await world.holder(two)) ?? '';
    const full = await world.command(one, 'reassign', { rep: holder, reason: null }, ADMIN);
    expect(full).toMatchObject({ outcome: 'refused', code: 'rep_at_cap' });
    await world.query(`update rep set cap = 2 where id = $1`, [holder]);
    await world.command(one, 'reassign', { rep: holder, reason: null }, ADMIN);
    expect(await world.holder(one)).toBe(holder);
    const nobody = await world.command(one, 'reassign', { rep: 'nobody', reason: null }, ADMIN);
    expect(nobody).toMatchObject({ outcome: 'refused', code: 'unknown_rep' });
  });
});

describe('a rep in two pools', () => {
  it('counts a lead once: at the cap with it, the second hand-off may still come', async () => {
    await world.pool('w', ['both'], 1);
    await world.pool('ae', ['both'], 1);
    await world.use(intoPool('w'));
    const id = await world.hot();
    await world.command(id, 'first_response', { channel: null }, asRep('both'));
    await world.command(
      id,
      'qualification',
      { criterion: 'budget', answer: 'confirmed', confidence: null },
      asRep('both'),
    );
    await world.command(id, 'qualify', {}, asRep('both'));
    expect([await world.situation(id), await world.holder(id)]).toEqual(['sql.offered', 'both']);
    const other = await world.hot();
    expect(await world.situation(other)).toBe('mql.queued');
  });
});
