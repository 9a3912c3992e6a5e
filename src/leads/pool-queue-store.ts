import type { EntityManager } from 'typeorm';
import { instantParam } from '../db/column-types.js';
import type { HandOff, Journey } from '../domain/journey/journey.js';
import { route } from '../domain/routing/route.js';
import type { Candidate, Waiting } from '../domain/routing/snapshot.js';
import type { Instant } from '../domain/time.js';
import { hasRoom, queueRank } from './apply-answers.js';
import type { ApplyTransaction } from './apply-transaction.js';
import { candidatesOf } from './pool-store.js';

/** Puts the lead into its pool's queue, keeps its place there, or takes it out. */
export async function saveQueue(tx: ApplyTransaction, before: Journey, after: Journey): Promise<void> {
  const { lead, handOff } = after;
  if (isQueued(handOff)) {
    await tx.manager.query(
      `insert into pool_queue as q (lead_id, pool_id, rank, since, excluded) values ($1, $2, $3, $4, $5)
       on conflict (lead_id) do update
         set pool_id = excluded.pool_id, rank = excluded.rank, excluded = excluded.excluded,
             since = case when q.pool_id = excluded.pool_id then q.since else excluded.since end`,
      [lead, handOff.pool, queueRank(after.urgent), instantParam(after.at), handOff.excluded],
    );
  } else if (isQueued(before.handOff)) {
    await tx.manager.query('delete from pool_queue where lead_id = $1', [lead]);
    await passOn(tx, before.handOff.pool);
  }
}

/** Who leaves a queue may have been rung for a slot that it does not use: the next in line hears of it. */
async function passOn(tx: ApplyTransaction, pool: string): Promise<void> {
  const waiting = await tx.manager.query<unknown[]>('select 1 from pool_queue where pool_id = $1 limit 1', [
    pool,
  ]);
  if (waiting.length > 0) tx.jobs.push({ name: 'pool.wake', payload: { poolId: pool } });
}

const isQueued = (handOff: HandOff | null): handOff is HandOff => handOff?.status === 'queued';

/** Wakes every pool of these reps in which somebody waits. The reps are locked, so no queuing lead is missed. */
export async function wakePoolsOf(tx: ApplyTransaction, reps: readonly string[]): Promise<void> {
  if (reps.length === 0) return;
  const pools = await tx.manager.query<{ pool_id: string }[]>(
    `select distinct m.pool_id from pool_member m
      where m.rep_id = any($1) and exists (select 1 from pool_queue q where q.pool_id = m.pool_id)`,
    [reps],
  );
  for (const { pool_id: poolId } of pools) tx.jobs.push({ name: 'pool.wake', payload: { poolId } });
}

/** How much of a queue is looked at for one wake-up; who stands behind is woken by those before. */
const QUEUE_WINDOW = 500;

/**
 * The waiting leads that would get a slot now, in queue order: whom a `pool.wake` rings. Read without locks;
 * each lead decides for itself under the pool's lock.
 */
export async function leadsToWake(manager: EntityManager, pool: string, at: Instant): Promise<string[]> {
  let candidates = await candidatesOf(manager, pool, '');
  if (!candidates.some(hasRoom)) return [];
  const queue = await manager.query<Waiting[]>(
    `select lead_id as lead, excluded from pool_queue where pool_id = $1
      order by rank, since, n limit ${QUEUE_WINDOW}`,
    [pool],
  );
  const takers: string[] = [];
  for (const { lead, excluded } of queue) {
    const { rep, positions } = route({ at, pool, poolSeq: 0, lead, excluded, candidates, ahead: [] });
    if (rep === null) continue;
    takers.push(lead);
    candidates = candidates.map((member) => served(member, rep, positions));
    if (!candidates.some(hasRoom)) break;
  }
  return takers;
}

const served = (member: Candidate, rep: string, positions: Readonly<Record<string, string>>): Candidate => ({
  ...member,
  open: member.open + (member.rep === rep ? 1 : 0),
  position: positions[member.rep] ?? member.position,
});

/** A woken lead that has decided passes the wake on, if another one that waits could take a slot now. */
export async function passWakeOn(
  tx: ApplyTransaction,
  pool: string,
  lead: string,
  at: Instant,
): Promise<void> {
  const takers = await leadsToWake(tx.manager, pool, at);
  if (takers.some((taker) => taker !== lead)) tx.jobs.push({ name: 'pool.wake', payload: { poolId: pool } });
}
