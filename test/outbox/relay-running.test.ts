import { afterEach, describe, expect, it } from '@jest/globals';
import { addJob } from '../../src/outbox/jobs.js';
import { useWorld, type World } from '../db/world.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { until } from '../workflows/shell.js';
import { useRelay } from './test-relay.js';

const MANY = 40;
const rung: string[] = [];
let sending = 0;
let answer: (() => void)[] = [];

const relay = useRelay({
  world: () => world,
  gateway: () => ({
    ring: async (leadId: string) => {
      rung.push(leadId);
      return Promise.resolve();
    },
  }),
  sender: async () => {
    sending++;
    await new Promise<void>((resolve) => answer.push(resolve));
    return null;
  },
});
const world: World = useWorld(async (w) => {
  await w.use(TEST_POLICY);
  await w.pool('sdr', ['rep-1'], 1);
  await w.query(
    `insert into webhook (id, url, secret, created_at) values ('wh', 'http://black.hole', 's', now())`,
  );
});

/** Whoever sends must come to an end, or the relay cannot stop. */
afterEach(async () => {
  await world.query(`delete from graphile_worker._private_jobs where locked_at is null`);
  const ending = setInterval(() => {
    for (const resolve of answer) resolve();
    answer = [];
  }, 20);
  await until(
    async () => (await world.query('select 1 from graphile_worker._private_jobs')).length === 0,
    'all jobs have ended',
  );
  clearInterval(ending);
});

describe('a webhook that never answers', () => {
  it('keeps no ring waiting, however many deliveries it has', async () => {
    world.clock.set(Date.now());
    const lead = await world.hot();
    await world.takeJobs();
    await world.query(
      `insert into delivery (id, lead_id, seq, i, about, recipient_kind, recipient, webhook_id, status, created_at)
       select 'dl_' || n, lead_id, seq, 1000 + n, about, recipient_kind, recipient, webhook_id, status, created_at
         from delivery, generate_series(1, ${MANY}) n where lead_id = $1`,
      [lead],
    );
    for (let n = 1; n <= MANY; n++) {
      await addJob(world.dataSource.manager, { name: 'deliver', payload: { deliveryId: `dl_${n}` } });
    }
    await relay().start();
    await until(() => sending > 0, 'a delivery is on its way');
    // So long that whatever would take up a delivery has done so.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(sending).toBeLessThan(MANY);
    await addJob(world.dataSource.manager, { name: 'ring', payload: { leadId: lead, bell: 'fact' } });
    await until(() => rung.includes(lead), 'the lead is rung', 3_000);
  });
});
