import { describe, expect, it } from '@jest/globals';
import { SILENT } from '../../src/log.js';
import { addJob } from '../../src/outbox/jobs.js';
import { freeAbandonedJobs } from '../../src/outbox/left-undone.js';
import { absent, createPresence } from '../../src/outbox/presence.js';
import { useWorld, type World } from '../db/world.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { until } from '../workflows/shell.js';
import { useRelay } from './test-relay.js';

const relay = useRelay({ world: () => world, gateway: () => ({ ring: () => Promise.resolve() }) });
const world: World = useWorld(async (w) => {
  await w.use(TEST_POLICY);
  await w.pool('sdr', ['rep-1'], 1);
});

const urlOf = (): string => {
  const { options } = world.dataSource;
  if (options.type !== 'postgres' || options.url === undefined) throw new Error('no database URL');
  return options.url;
};
const isAbsent = async (runner: string): Promise<boolean> =>
  (await world.dataSource.transaction((tx) => absent(tx, [runner]))).length > 0;
/** A job that this runner took so many seconds ago. */
async function taken(runner: string, seconds: number): Promise<void> {
  await world.query('delete from graphile_worker._private_jobs');
  await addJob(world.dataSource.manager, { name: 'pool.wake', payload: { poolId: 'sdr' } });
  await world.query(
    `update graphile_worker._private_jobs set locked_by = $1, locked_at = now() - $2 * interval '1 second'`,
    [runner, seconds],
  );
}
const free = async (): Promise<number> => {
  const now = Date.now();
  return freeAbandonedJobs(world.dataSource, now, now - 120_000);
};

describe('the jobs of a runner', () => {
  it('are left alone while it shows its presence, and freed when its process has died', async () => {
    const presence = createPresence(urlOf(), SILENT);
    presence.show('pool-alive');
    await until(async () => !(await isAbsent('pool-alive')), 'it shows its presence');
    await taken('pool-alive', 30);
    expect(await free()).toBe(0);
    // What becomes of the sessions of a process that is killed.
    await world.query(
      `select pg_terminate_backend(l.pid) from pg_locks l where locktype = 'advisory' and granted`,
    );
    await until(async () => !(await isAbsent('pool-alive')), 'it is there again, as it has not died');
    await presence.leave();
    expect(await isAbsent('pool-alive')).toBe(true);
    expect(await free()).toBe(1);
    expect(
      await world.query('select 1 from graphile_worker._private_jobs where locked_at is not null'),
    ).toEqual([]);
  });

  it('are its own for a moment before it shows itself', async () => {
    await taken('pool-fresh', 1);
    expect(await free()).toBe(0);
  });

  it('are freed in the end when only its sessions live on, as when the power of its machine has gone', async () => {
    const presence = createPresence(urlOf(), SILENT);
    presence.show('pool-dark');
    await until(async () => !(await isAbsent('pool-dark')), 'it shows its presence');
    await taken('pool-dark', 180);
    expect(await free()).toBe(1);
    await presence.leave();
  });
});

describe('a relay that runs', () => {
  it('shows both of its runners, and looks for what an earlier one has left', async () => {
    world.clock.set(Date.now());
    await world.query('delete from graphile_worker._private_jobs');
    await relay().start();
    const shown = (): Promise<{ n: number }[]> =>
      world.query(`select count(*)::int as n from pg_locks where locktype = 'advisory' and granted`);
    await until(async () => (await shown())[0]?.n === 2, 'two runners are shown');
    const keys = (): Promise<{ key: string }[]> =>
      world.query('select key from graphile_worker._private_jobs');
    await until(async () => (await keys()).some(({ key }) => key === 'sweep'), 'a sweep is to come');
  });
});
