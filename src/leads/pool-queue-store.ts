import type { EntityManager } from 'typeorm';
import { POOL_QUEUE } from '../db/tables.js';
import { type HandOff, isUrgent, type Journey } from '../domain/journey/journey.js';
import { route } from '../domain/routing/route.js';
import type { Candidate, Waiting } from '../domain/routing/snapshot.js';
import type { Instant } from '../domain/time.js';
import { hasRoom, queueRank } from './apply-answers.js';
import { type ApplyTransaction, flushRouting } from './apply-transaction.js';
import { candidatesOf } from './pool-store.js';

/** Puts the lead into its pool's queue, keeps its place there, or takes it out. */
export function saveQueue({ writes, room }: ApplyTransaction, before: Journey, after: Journey): void {
  const { lead, handOff } = after;
  if (isQueued(handOff)) {
    writes.insert(POOL_QUEUE, {
      lead_id: lead,
      pool_id: handOff.pool,
      rank: queueRank(isUrgent(after.lane)),
      since: after.at,
      excluded: handOff.excluded,
    });
  } else if (isQueued(before.handOff)) {
    writes.remove(POOL_QUEUE, { lead_id: lead });
    // Who leaves may have been rung for a slot that it does not use: the next in line hears of it.
    room.pools.add(before.handOff.pool);
  }
}

const isQueued = (handOff: HandOff | null): handOff is HandOff => handOff?.status === 'queued';

/** How much of a queue is looked at for one wake-up; who stands behind is woken by those before. */
const QUEUE_WINDOW = 500;

/**
 * The waiting leads that would get a slot now, in queue order: whom a `pool.wake` rings. Read without locks;
 * each lead decides for itself under the pool's lock.
 */
export async function leadsToWake(manager: EntityManager, pool: string, at: Instant): Promise<string[]> {
  const { candidates: members, othersWait } = await candidatesOf(manager, pool, '');
  if (!othersWait || !members.some(hasRoom)) return [];
  const queue = await manager.query<Waiting[]>(
    `select lead_id as lead, excluded from pool_queue where pool_id = $1
      order by rank, since, n limit ${QUEUE_WINDOW}`,
    [pool],
  );
  const takers: string[] = [];
  let candidates = members;
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
  await flushRouting(tx);
  const takers = await leadsToWake(tx.manager, pool, at);
  if (takers.some((taker) => taker !== lead)) tx.jobs.push({ name: 'pool.wake', payload: { poolId: pool } });
}
