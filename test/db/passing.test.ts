import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { PoolEntity } from '../../src/db/entities/pool.entity.js';
import { isPassing } from '../../src/db/passing.js';
import { inTransaction } from '../../src/db/transaction.js';
import { useWorld, type World } from './world.js';

const world: World = useWorld(() => Promise.resolve());

/** Has the session of a transaction end, as when the database dies, and waits until the pool knows. */
async function lose(tx: EntityManager): Promise<void> {
  const [{ pid } = { pid: 0 }] = await tx.query<{ pid: number }[]>('select pg_backend_pid() as pid');
  await world.query('select pg_terminate_backend($1)', [pid]);
  while (tx.queryRunner?.isReleased === false) await wait(5);
}

it.each<[string, (tx: EntityManager) => Promise<unknown>]>([
  ['a query', (tx) => tx.query('select 1')],
  ['a look into a table', (tx) => tx.find(PoolEntity)],
  ['a repository', (tx) => tx.getRepository(PoolEntity).count()],
  ['a query that is being built', (tx) => tx.createQueryBuilder(PoolEntity, 'p').getMany()],
  ['the commit', () => Promise.resolve()],
])('a connection that is lost before %s is no fault of what was asked', async (_, goOn) => {
  const lost = inTransaction(world.dataSource, async (tx) => {
    await lose(tx);
    await goOn(tx);
  });
  const error = await lost.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  expect({ error, passing: isPassing(error) }).toMatchObject({ passing: true });
});
