import type { EntityManager } from 'typeorm';
import { RepEntity } from '../db/entities/rep.entity.js';
import { ConcurrentChange } from '../db/transaction.js';
import { NotFound } from '../faults.js';

export interface LockedRep {
  readonly rep: RepEntity;
  /** Ids of the pools that the rep is a member of, all locked. */
  readonly pools: readonly string[];
}

/** Locks a rep and all the rep's pools in the order that everybody keeps: pools by id, then the rep. */
export async function lockRep(tx: EntityManager, id: string): Promise<LockedRep> {
  const locked = await tx.query<{ id: string }[]>(
    `select id from pool where id in (select pool_id from pool_member where rep_id = $1) order by id for update`,
    [id],
  );
  const rep = await tx.findOne(RepEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (rep === null) throw new NotFound(`there is no rep ${id}`);
  const pools = await poolsOf(tx, id);
  // Joined another pool before we held the rep: lock again, in order.
  if (pools.some((pool) => !locked.some((row) => row.id === pool)))
    throw new ConcurrentChange('a rep changed pools');
  return { rep, pools };
}

async function poolsOf(tx: EntityManager, id: string): Promise<readonly string[]> {
  const rows = await tx.query<{ pool_id: string }[]>(
    'select pool_id from pool_member where rep_id = $1 order by pool_id',
    [id],
  );
  return rows.map((row) => row.pool_id);
}
