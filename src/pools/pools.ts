import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { PoolEntity } from '../db/entities/pool.entity.js';
import { PoolMemberEntity } from '../db/entities/pool-member.entity.js';
import type { RepEntity } from '../db/entities/rep.entity.js';
import type { Json } from '../domain/canonical.js';
import type { Actor } from '../domain/journey/inputs.js';
import { joinPosition } from '../domain/routing/rotation.js';
import { Conflict, InvalidInput, NotFound } from '../faults.js';
import { appendOperational } from '../journal/operational-entry.js';
import { addJob } from '../outbox/jobs.js';
import type { OperationsDeps } from '../reps/reps.js';
import {
  findPool,
  listPools,
  listQueue,
  type PoolView,
  type QueuedLead,
  type QueuePlace,
} from './pool-views.js';

export interface Member {
  readonly rep: string;
  readonly weight: number;
}

export type Pools = ReturnType<typeof createPools>;

/** The groups of reps among whom leads are spread. */
export function createPools({ dataSource, journalKey, clock }: OperationsDeps) {
  const record = (tx: EntityManager, pool: string, change: Json, by: Actor): Promise<number> =>
    appendOperational(tx, journalKey, { subject: `pool:${pool}`, change, by: by.id }, clock.now());

  /** The pool is locked by the caller, or new. */
  async function setMembers(
    tx: EntityManager,
    pool: string,
    members: readonly Member[],
    by: Actor,
  ): Promise<void> {
    const before = await tx.find(PoolMemberEntity, { where: { poolId: pool }, order: { repId: 'ASC' } });
    await lockReps(tx, [...members.map(({ rep }) => rep), ...before.map(({ repId }) => repId)], members);
    const after = members.map(({ rep, weight }) => ({
      poolId: pool,
      repId: rep,
      weight,
      position:
        before.find(({ repId }) => repId === rep)?.position ??
        joinPosition(before.map(({ position }) => position)),
    }));
    const left = before.filter(({ repId }) => !members.some(({ rep }) => rep === repId));
    const joined = after.filter(({ repId }) => !before.some((member) => member.repId === repId));
    if (left.length > 0) await tx.remove(PoolMemberEntity, left);
    if (after.length > 0) await tx.save(PoolMemberEntity, after);
    await record(tx, pool, { what: 'members', pool, members: after.map(toEntry) }, by);
    if (joined.length > 0) await addJob(tx, { name: 'pool.wake', payload: { poolId: pool } });
  }

  async function get(id: string, manager: EntityManager = dataSource.manager): Promise<PoolView> {
    const pool = await findPool(manager, id);
    if (pool === null) throw new NotFound(`there is no pool ${id}`);
    return pool;
  }

  return {
    get,

    list: (after: string | null, limit: number): Promise<readonly PoolView[]> =>
      listPools(dataSource.manager, after, limit),

    async queue(id: string, after: QueuePlace | null, limit: number): Promise<readonly QueuedLead[]> {
      await get(id);
      return listQueue(dataSource.manager, id, after, limit);
    },

    async create(
      tx: EntityManager,
      input: { readonly id?: string | undefined; readonly name: string; readonly members: readonly Member[] },
      by: Actor,
    ): Promise<PoolView> {
      const id = input.id ?? `pool-${randomUUID()}`;
      const made = await tx.query<unknown[]>(
        'insert into pool (id, name) values ($1, $2) on conflict do nothing returning id',
        [id, input.name],
      );
      if (made.length === 0) throw new Conflict('already_exists', `there is a pool ${id} already`);
      // Reps before the chain of entries: the order of locks.
      await lockReps(
        tx,
        input.members.map(({ rep }) => rep),
        input.members,
      );
      await record(tx, id, { what: 'created', pool: id }, by);
      if (input.members.length > 0) await setMembers(tx, id, input.members, by);
      return get(id, tx);
    },

    /** A name is for people and changes no routing: no entry. */
    async rename(tx: EntityManager, id: string, name: string): Promise<PoolView> {
      const pool = await lockPool(tx, id);
      if (pool.name !== name) await tx.update(PoolEntity, id, { name, version: pool.version + 1 });
      return get(id, tx);
    },

    /** Replaces all members; who is new joins at the lowest position, who stays keeps the own one. */
    async replaceMembers(
      tx: EntityManager,
      id: string,
      members: readonly Member[],
      by: Actor,
    ): Promise<PoolView> {
      const pool = await lockPool(tx, id);
      await tx.update(PoolEntity, id, { version: pool.version + 1 });
      await setMembers(tx, id, members, by);
      return get(id, tx);
    },
  };
}

async function lockPool(tx: EntityManager, id: string): Promise<PoolEntity> {
  const pool = await tx.findOne(PoolEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (pool === null) throw new NotFound(`there is no pool ${id}`);
  return pool;
}

/** After the pool: all reps concerned, by id. @throws InvalidInput naming every member that is no rep */
async function lockReps(
  tx: EntityManager,
  ids: readonly string[],
  members: readonly Member[],
): Promise<void> {
  const known = await tx.query<Pick<RepEntity, 'id'>[]>(
    'select id from rep where id = any($1) order by id for update',
    [ids],
  );
  const faults = members.flatMap(({ rep }, index) =>
    known.some(({ id }) => id === rep)
      ? []
      : [{ path: `/members/${index}/rep`, message: `there is no rep ${rep}` }],
  );
  if (faults.length > 0) throw new InvalidInput(faults);
}

const toEntry = ({ repId, weight, position }: PoolMemberEntity): Json => ({ rep: repId, weight, position });
