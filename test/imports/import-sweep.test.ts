import { beforeEach, describe, expect, it } from '@jest/globals';
import { SECOND } from '../../src/domain/time.js';
import { addJob } from '../../src/outbox/jobs.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { useWorld, type World } from '../db/world.js';
import { useRelay } from '../outbox/test-relay.js';
import { csv, Importer, MAPPING } from './import-world.js';

let rung: string[] = [];
const relay = useRelay({
  world: () => world,
  gateway: () => ({
    ring: (leadId) => {
      rung.push(leadId);
      return Promise.resolve();
    },
  }),
});
const world: World = useWorld(async (w) => {
  await w.use(TEST_POLICY);
  await w.pool('sdr', ['ana']);
});
const importer = new Importer(world);

beforeEach(async () => {
  await world.takeJobs();
  rung = [];
});
const sweep = async (): Promise<void> => {
  await addJob(world.dataSource.manager, { name: 'sweep', payload: {} });
  await relay().drain();
};

describe('the job queue', () => {
  it('carries an import to its end, and starts its leads one after another, which no sweep hurries', async () => {
    // The queue's own clock is the machine's.
    world.clock.set(Date.now() + 60 * SECOND);
    const rows = Array.from({ length: 250 }, (_, i) => `q${i},,,,,,,MQL,,,,`);
    const { record } = await importer.start({ ...csv(...rows), mapping: `${MAPPING}resume: { rate: 10 }` });
    await relay().drain();
    expect(await importer.service.get(record.id)).toMatchObject({ state: 'done', leads: 250 });
    expect(rung.length).toBeLessThan(10);
    world.clock.advance(10 * SECOND);
    await sweep();
    expect(rung.length).toBeGreaterThanOrEqual(100);
    expect(rung.length).toBeLessThan(110);
    world.clock.advance(15 * SECOND);
    await sweep();
    expect(new Set(rung).size).toBe(250);
    expect(rung).toHaveLength(250);
  });

  it('takes an import up again whose job was given up, and leaves one alone that has its job', async () => {
    const { record } = await importer.start(csv('s1,,,,,,,MQL,,,,'));
    await world.query('update graphile_worker._private_jobs set attempts = max_attempts');
    await sweep();
    expect(await importer.service.get(record.id)).toMatchObject({ state: 'done' });

    const { record: next } = await importer.start(csv('s2,,,,,,,MQL,,,,'));
    await world.query(
      `update graphile_worker._private_jobs set run_at = now() + interval '1 hour', attempts = 3`,
    );
    await sweep();
    expect(await importer.service.get(next.id)).toMatchObject({ state: 'waiting' });
  });
});
