import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import { storeFact } from '../../src/leads/inbox-store.js';
import { addJob } from '../../src/outbox/jobs.js';
import { ADMIN, useWorld, type World } from '../db/world.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { useRelay } from './test-relay.js';

const FAULTY = 550;

let rung: string[] = [];
let whileRinging: () => void = () => undefined;
const relay = useRelay({
  world: () => world,
  gateway: () => ({
    ring: async (leadId) => {
      rung.push(leadId);
      whileRinging();
      return Promise.resolve();
    },
  }),
});
let newest = '';
const world: World = useWorld(async (w) => {
  await w.use(TEST_POLICY);
  await w.pool('sdr', ['rep-1']);
  const model = await w.lead();
  newest = await w.lead();
  await w.query(
    `insert into lead
     select (jsonb_populate_record(l, jsonb_build_object('id', 'ld_faulty_' || n))).*
       from lead l, generate_series(1, ${FAULTY}) n where l.id = $1`,
    [model],
  );
});

beforeEach(async () => {
  world.clock.set(Date.now());
  await world.takeJobs();
  rung = [];
});
afterEach(async () => {
  jest.restoreAllMocks();
  whileRinging = () => undefined;
  await world.query('update lead set wake_at = null');
  await world.query('update inbox set done = true');
});

const sweep = async (): Promise<void> => {
  await addJob(world.dataSource.manager, { name: 'sweep', payload: {} });
  await relay().drain();
};
const timestamp = (at: number): string => new Date(at).toISOString();
/** Leads that no ring mends, and one that came after them. */
const oversleep = async (): Promise<void> => {
  await world.query(`update lead set wake_at = $1 where id like 'ld_faulty_%'`, [
    timestamp(world.clock.now() - HOUR),
  ]);
  await world.query('update lead set wake_at = $2 where id = $1', [
    newest,
    timestamp(world.clock.now() - 2 * MINUTE),
  ]);
};
const leaveFacts = async (): Promise<void> => {
  const ids = await world.query<{ id: string }>('select id from lead order by id = $1', [newest]);
  for (const { id } of ids) {
    await storeFact(world.dataSource.manager, {
      leadId: id,
      inputId: `f-${Math.random()}`,
      kind: 'meeting_booked',
      actor: ADMIN,
      body: {},
      occurred: null,
      receivedAt: world.clock.now() - (id === newest ? MINUTE : HOUR),
    });
  }
};

describe('the sweep', () => {
  it.each([
    ['that slept through its wake-up', oversleep],
    ['with a fact undecided', leaveFacts],
  ])('comes to a lead %s, however many faulty ones are older', async (_, leave) => {
    await leave();
    // One sweep takes nine in ten: that it is left out twelve times is as good as impossible.
    for (let i = 0; i < 12 && !rung.includes(newest); i++) await sweep();
    expect(rung).toContain(newest);
  });

  it('rings no more when it has taken long, and leaves the rest to the next one', async () => {
    await oversleep();
    const real = Date.now;
    let passed = 0;
    jest.spyOn(Date, 'now').mockImplementation(() => real() + passed);
    whileRinging = () => (passed += SECOND);
    await sweep();
    expect(rung.length).toBeGreaterThan(10);
    expect(rung.length).toBeLessThan(60);
  });
});
