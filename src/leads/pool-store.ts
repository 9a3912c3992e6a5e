import type { EntityManager } from 'typeorm';
import { prepared } from '../db/prepared.js';
import { POOL, POOL_MEMBER } from '../db/tables.js';
import type { Candidate, Waiting } from '../domain/routing/snapshot.js';
import type { ApplyTransaction } from './apply-transaction.js';

/** Locks pools in the order of their ids and reads the sequence number of each one's newest decision. */
export async function lockPools(
  manager: EntityManager,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await prepared<{ id: string; seq: number }>(
    manager,
    'select id, seq from pool where id = any($1) order by id for no key update',
    [ids],
  );
  return new Map(rows.map(({ id, seq }) => [id, seq]));
}

/**
 * Locks reps in the order of their ids, those of a locked pool among them; pools come before. Whoever takes or
 * frees a slot of a rep holds this.
 */
export async function lockReps(
  { manager, lockedReps }: ApplyTransaction,
  ids: readonly string[],
  pool: string | null = null,
): Promise<void> {
  const missing = ids.filter((id) => !lockedReps.has(id));
  if (missing.length === 0 && pool === null) return;
  const rows = await prepared<{ id: string }>(
    manager,
    `select id from rep
      where id = any($1) or id in (select rep_id from pool_member where pool_id = $2)
      order by id for no key update`,
    [missing, pool],
  );
  for (const { id } of rows) lockedReps.add(id);
}

const OPEN = '(select count(*) from assignment a where a.rep_id = r.id and a.lead_id <> $2)';

/** The members of a pool as a decision about `lead` sees them: what they hold beside it counts. */
export async function candidatesOf(
  manager: EntityManager,
  pool: string,
  lead: string,
): Promise<{ readonly candidates: readonly Candidate[]; readonly othersWait: boolean }> {
  const rows = await prepared<Candidate & { readonly others_wait: boolean }>(
    manager,
    `select r.id as rep, m.weight, m.position, r.active, r.paused, r.cap, ${OPEN} as open,
            exists (select 1 from pool_queue q where q.pool_id = $1 and q.lead_id <> $2) as others_wait
       from pool_member m join rep r on r.id = m.rep_id where m.pool_id = $1 order by r.id`,
    [pool, lead],
  );
  return {
    candidates: rows.map(({ others_wait: _, ...candidate }) => candidate),
    othersWait: rows.some(({ others_wait }) => others_wait),
  };
}

export interface NamedRep {
  readonly active: boolean;
  readonly cap: number | null;
  /** Open leads beside the one in question. */
  readonly open: number;
}

export async function readRep(manager: EntityManager, rep: string, lead: string): Promise<NamedRep | null> {
  const [row] = await manager.query<NamedRep[]>(
    `select r.active, r.cap, ${OPEN} as open from rep r where r.id = $1`,
    [rep, lead],
  );
  return row ?? null;
}

/** The leads that stand before this one in a pool's queue; one that is not in it stands behind its rank. */
export function aheadOf(
  manager: EntityManager,
  pool: string,
  lead: string,
  rank: number,
): Promise<readonly Waiting[]> {
  return manager.query<Waiting[]>(
    `select q.lead_id as lead, q.excluded
       from pool_queue q left join pool_queue mine on mine.lead_id = $2 and mine.pool_id = q.pool_id
      where q.pool_id = $1 and q.lead_id <> $2
        and case when mine.lead_id is null then q.rank <= $3
                 else (q.rank, q.since, q.n) < (mine.rank, mine.since, mine.n) end
      order by q.rank, q.since, q.n`,
    [pool, lead, rank],
  );
}

/** A decision of the pool is kept: its number is taken, and the rotation moves on. */
export function saveTurn(
  { writes }: ApplyTransaction,
  pool: string,
  seq: number,
  positions: Readonly<Record<string, string>>,
): void {
  writes.change(POOL, { id: pool, seq });
  for (const [rep, position] of Object.entries(positions)) {
    writes.change(POOL_MEMBER, { pool_id: pool, rep_id: rep, position });
  }
}
