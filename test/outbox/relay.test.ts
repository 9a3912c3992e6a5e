import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Bell } from '../../src/outbox/jobs.js';
import { addJob } from '../../src/outbox/jobs.js';
import { DAY, MINUTE, SECOND } from '../../src/domain/time.js';
import { storeFact } from '../../src/leads/inbox-store.js';
import { LeadsUnavailable } from '../../src/leads/lead-gateway.js';
import { asRep, ADMIN, useWorld, type World } from '../db/world.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { useRelay } from './test-relay.js';
import { useReceiver } from './webhook-receiver.js';

/** Stands at the door of Temporal, which these promises are not about: notes who is rung. */
const rung: { leadId: string; bell: Bell }[] = [];
let open = true;
const gateway = {
  ring: async (leadId: string, bell: Bell) => {
    if (!open) throw new LeadsUnavailable('closed');
    rung.push({ leadId, bell });
    return Promise.resolve();
  },
};

const receiver = useReceiver();
const relay = useRelay({ world: () => world, gateway: () => gateway });
const world: World = useWorld(async (w) => {
  await w.use(TEST_POLICY);
  await w.pool('sdr', ['rep-1'], 1);
  const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
  await w.query(`insert into webhook (id, url, secret, created_at) values ('wh', $1, $2, now())`, [
    receiver.url,
    secret,
  ]);
});

beforeEach(async () => {
  world.clock.set(Date.now());
  await world.query(`update inbox set done = true`);
  await world.query(`update lead set wake_at = null`);
  open = true;
  receiver.status = 204;
  await world.takeJobs();
  rung.length = 0;
  receiver.received.length = 0;
});

const fact = (leadId: string, receivedAt: number): Promise<boolean> =>
  storeFact(world.dataSource.manager, {
    leadId,
    inputId: `f-${Math.random()}`,
    kind: 'meeting_booked',
    actor: ADMIN,
    body: {},
    occurred: null,
    receivedAt,
  });
const add = (job: Parameters<typeof addJob>[1]) => addJob(world.dataSource.manager, job);
const deliveries = (lead: string) =>
  world.query<{ id: string; status: string; attempts: number; about: string; last_error: string | null }>(
    `select id, status, attempts, about, last_error from delivery where lead_id = $1 order by created_at`,
    [lead],
  );

describe('a ring', () => {
  it('reaches the lead that was captured', async () => {
    const lead = await world.capture({ events: [world.event('demo_request')] });
    await relay().drain();
    expect(rung).toEqual([{ leadId: lead, bell: 'fact' }]);
  });

  it('starts nothing for a journey that has ended, unless a fact waits', async () => {
    const lead = await world.lead();
    await world.command(lead, 'disqualify', { reason: 'student' }, ADMIN);
    const [ended] = await world.query<{ ended: boolean }>('select ended from lead where id = $1', [lead]);
    expect(ended).toEqual({ ended: true });
    await world.takeJobs();
    await add({ name: 'ring', payload: { leadId: lead, bell: 'score' } });
    await relay().drain();
    expect(rung).toEqual([]);
    await fact(lead, world.clock.now());
    await add({ name: 'ring', payload: { leadId: lead, bell: 'fact' } });
    await relay().drain();
    expect(rung).toEqual([{ leadId: lead, bell: 'fact' }]);
  });

  it('is kept and tried again soon while leads are unavailable', async () => {
    const lead = await world.capture();
    open = false;
    await add({ name: 'ring', payload: { leadId: lead, bell: 'score' } });
    await relay().drain();
    open = true;
    expect(rung).toEqual([]);
    world.clock.advance(5 * SECOND);
    await relay().drain();
    expect(rung).toContainEqual({ leadId: lead, bell: 'score' });
  });
});

describe('the sweep', () => {
  it('rings for a fact that was left undecided for half a minute, and not earlier', async () => {
    const lead = await world.lead();
    await world.takeJobs();
    await fact(lead, world.clock.now());
    world.clock.advance(29 * SECOND);
    await add({ name: 'sweep', payload: {} });
    await relay().drain();
    expect(rung).toEqual([]);
    world.clock.advance(2 * SECOND);
    await add({ name: 'sweep', payload: {} });
    await relay().drain();
    expect(rung).toEqual([{ leadId: lead, bell: 'fact' }]);
    await world.run(lead);
  });

  it('rings an open lead that slept through its wake-up', async () => {
    const lead = await world.lead();
    await world.query(`update lead set wake_at = to_timestamp($2 / 1000.0) where id = $1`, [
      lead,
      world.clock.now() - 2 * MINUTE,
    ]);
    await add({ name: 'sweep', payload: {} });
    await relay().drain();
    expect(rung).toContainEqual({ leadId: lead, bell: 'score' });
  });

  it('leaves a command that nobody repeats alone', async () => {
    const lead = await world.lead();
    await world.takeJobs();
    await world.store(lead, 'tags', { add: ['a'], remove: [] }, ADMIN);
    world.clock.advance(DAY);
    await add({ name: 'sweep', payload: {} });
    await relay().drain();
    expect(rung).toEqual([]);
  });

  it('frees a job that a dead worker holds', async () => {
    const lead = await world.capture();
    await world.query(
      `update graphile_worker._private_jobs set locked_at = now() - interval '3 minutes', locked_by = 'dead'`,
    );
    await relay().drain();
    expect(rung).toEqual([]);
    await add({ name: 'sweep', payload: {} });
    await relay().drain();
    expect(rung).toContainEqual({ leadId: lead, bell: 'score' });
  });
});

describe('a free slot', () => {
  it('wakes as many leads of the queue as it can serve, in its order', async () => {
    const [first, second, third] = [await world.hot(), await world.hot(), await world.hot()];
    expect(await world.situation(first)).toBe('mql.offered');
    expect([await world.situation(second), await world.situation(third)]).toEqual([
      'mql.queued',
      'mql.queued',
    ]);
    await world.takeJobs();
    await add({ name: 'pool.wake', payload: { poolId: 'sdr' } });
    await relay().drain();
    expect(rung).toEqual([]);
    await world.query(`update rep set cap = 2 where id = 'rep-1'`);
    await add({ name: 'pool.wake', payload: { poolId: 'sdr' } });
    await relay().drain();
    expect(rung).toEqual([{ leadId: second, bell: 'pool' }]);
    await world.query(`update rep set cap = 50 where id = 'rep-1'`);
  });
});

describe('a delivery', () => {
  it('is sent once, signed, with ids and codes', async () => {
    const lead = await world.hot();
    await relay().drain();
    await relay().drain();
    const sent = receiver.received.map(({ body }): unknown => JSON.parse(body));
    const [delivery] = await deliveries(lead);
    expect(sent).toEqual([
      {
        id: delivery!.id,
        type: 'lead.offered',
        timestamp: expect.stringMatching(/^20.*Z$/),
        data: {
          lead,
          seq: expect.any(Number),
          recipient: { kind: 'rep', id: 'rep-1' },
          stage: 'mql',
          level: 'advanced',
        },
      },
    ]);
    expect(receiver.received[0]!.headers['webhook-id']).toBe(delivery!.id);
    expect(delivery).toMatchObject({ status: 'delivered', attempts: 1 });
  });

  it('says the same under the same id when it is repeated, also after the lead moved on', async () => {
    const lead = await world.hot();
    receiver.status = 503;
    await relay().drain();
    expect(await deliveries(lead)).toMatchObject([{ status: 'pending', last_error: 'HTTP 503' }]);
    await world.command(lead, 'accept', {}, asRep('rep-1'));
    receiver.status = 200;
    world.clock.set(Date.now() + MINUTE);
    await relay().drain();
    const [once, again] = receiver.received;
    expect(again).toMatchObject({ body: once!.body, headers: { 'webhook-id': once!.headers['webhook-id'] } });
    expect(receiver.received).toHaveLength(2);
  });

  it('is given up after eight attempts, and the lead hears of it', async () => {
    const lead = await world.hot();
    await relay().drain();
    receiver.status = 500;
    receiver.received.length = 0;
    await world.command(lead, 'accept', {}, asRep('rep-1'));
    await world.query(`update delivery set status = 'pending', attempts = 0 where lead_id = $1`, [lead]);
    const [{ id } = { id: '' }] = await deliveries(lead);
    await add({ name: 'deliver', payload: { deliveryId: id } });
    world.clock.set(Date.now() + DAY);
    await relay().drain();
    expect(receiver.received).toHaveLength(8);
    expect((await deliveries(lead))[0]).toMatchObject({
      status: 'dead',
      attempts: 8,
      last_error: 'HTTP 500',
    });
    const facts = await world.query('select kind, done from inbox where lead_id = $1 and class = $2', [
      lead,
      'fact',
    ]);
    expect(facts).toContainEqual({ kind: 'delivery_failed', done: false });
    expect(rung).toContainEqual({ leadId: lead, bell: 'fact' });
  });

  it('about a failed delivery that fails itself makes no further noise', async () => {
    const lead = await world.hot();
    await relay().drain();
    receiver.status = 500;
    rung.length = 0;
    await world.query(
      `update delivery set status = 'pending', attempts = 7, about = 'delivery_failed' where lead_id = $1`,
      [lead],
    );
    const [{ id } = { id: '' }] = await deliveries(lead);
    await add({ name: 'deliver', payload: { deliveryId: id } });
    await relay().drain();
    expect((await deliveries(lead))[0]).toMatchObject({ status: 'dead', attempts: 8 });
    expect(rung).toEqual([]);
  });
});
