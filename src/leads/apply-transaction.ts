import type { EntityManager } from 'typeorm';
import { PendingWrites } from '../db/pending-writes.js';
import { prepared } from '../db/prepared.js';
import type { JournalKey } from '../journal/chain.js';
import { addJobs, type Job } from '../outbox/jobs.js';
import type { PolicyStore } from '../policies/policy-store.js';

/** What everything that is written for journal rows shares: one transaction, one list of rows, one of jobs. */
export interface ApplyTransaction {
  readonly manager: EntityManager;
  readonly policies: PolicyStore;
  readonly journalKey: JournalKey;
  /** Rows to write. They are written at the end, or before somebody reads what they concern. */
  readonly writes: PendingWrites;
  /** Whose room for leads may have grown: where somebody waits for it, the pool is woken. */
  readonly room: { readonly reps: Set<string>; readonly pools: Set<string> };
  /** Reps whose rows are locked by now. */
  readonly lockedReps: Set<string>;
  /** Written last, in key order, when all other locks are held. */
  readonly jobs: Job[];
}

type Deps = Pick<ApplyTransaction, 'policies' | 'journalKey'>;

/** Collects rows and jobs while `work` runs, and writes them at its end. */
export async function withWrites<T>(
  { policies, journalKey }: Deps,
  manager: EntityManager,
  work: (tx: ApplyTransaction) => Promise<T>,
): Promise<T> {
  const tx: ApplyTransaction = {
    manager,
    policies,
    journalKey,
    writes: new PendingWrites(),
    room: { reps: new Set(), pools: new Set() },
    lockedReps: new Set(),
    jobs: [],
  };
  const result = await work(tx);
  await flush(tx);
  await wakePools(tx);
  await addJobs(manager, tx.jobs);
  return result;
}

/** Writes what has been collected so far, so that the next read sees it. */
export async function flush({ manager, writes, jobs }: ApplyTransaction): Promise<void> {
  const { deliveries } = await writes.flush(manager);
  for (const deliveryId of deliveries) jobs.push({ name: 'deliver', payload: { deliveryId } });
}

/** Before routing looks at pools, reps and queues: it sees what this transaction has decided already. */
export async function flushRouting(tx: ApplyTransaction): Promise<void> {
  if (tx.writes.concernsRouting) await flush(tx);
}

/**
 * Wakes every pool with more room in which somebody waits: those of the reps, and those whose queue somebody left
 * who may have been rung for a slot without using it. The reps are locked, so no queuing lead is missed.
 */
async function wakePools({ manager, room, jobs }: ApplyTransaction): Promise<void> {
  if (room.reps.size + room.pools.size === 0) return;
  const pools = await prepared<{ id: string }>(
    manager,
    `select p.id from (select pool_id as id from pool_member where rep_id = any($1) union select unnest($2::text[])) p
      where exists (select 1 from pool_queue q where q.pool_id = p.id)`,
    [[...room.reps], [...room.pools]],
  );
  for (const { id: poolId } of pools) jobs.push({ name: 'pool.wake', payload: { poolId } });
}

/** The journal contradicts itself or the caller: repeating the call does not help. */
export class JournalConflict extends Error {
  override readonly name = 'JournalConflict';
}
