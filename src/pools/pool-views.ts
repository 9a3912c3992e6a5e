import type { EntityManager } from 'typeorm';
import type { Instant } from '../domain/time.js';

export interface PoolView {
  readonly id: string;
  readonly name: string;
  readonly members: readonly { readonly rep: string; readonly weight: number; readonly position: string }[];
  /** Leads in the queue now. */
  readonly waiting: number;
  readonly version: number;
}

const VIEW = `select p.id, p.name, p.version,
    (select count(*) from pool_queue q where q.pool_id = p.id) as waiting,
    coalesce((select json_agg(json_build_object('rep', m.rep_id, 'weight', m.weight, 'position', m.position::text) order by m.rep_id)
       from pool_member m where m.pool_id = p.id), '[]') as members
  from pool p`;

export async function findPool(manager: EntityManager, id: string): Promise<PoolView | null> {
  const [pool] = await manager.query<PoolView[]>(`${VIEW} where p.id = $1`, [id]);
  return pool ?? null;
}

/** In the order of their ids. */
export const listPools = (
  manager: EntityManager,
  after: string | null,
  limit: number,
): Promise<readonly PoolView[]> =>
  manager.query<PoolView[]>(`${VIEW} where ($1::text is null or p.id > $1) order by p.id limit $2`, [
    after,
    limit,
  ]);

export interface QueuedLead {
  readonly lead: string;
  readonly rank: number;
  readonly since: Instant;
  readonly excluded: readonly string[];
}

/** The queue's last item of the page before: rank, since, lead. */
export type QueuePlace = readonly [rank: number, since: Instant, lead: string];

/** In the order in which the leads are offered. */
export const listQueue = (
  manager: EntityManager,
  pool: string,
  after: QueuePlace | null,
  limit: number,
): Promise<readonly QueuedLead[]> =>
  manager.query<QueuedLead[]>(
    `select lead_id as lead, rank::int, since, excluded from pool_queue
      where pool_id = $1 and ($2::bigint is null or (rank::bigint, since, lead_id) > ($2, to_timestamp($3::float8 / 1000), $4))
      order by rank, since, lead_id limit $5`,
    [pool, after?.[0] ?? null, after?.[1] ?? null, after?.[2] ?? null, limit],
  );
