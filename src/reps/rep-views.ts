import type { EntityManager } from 'typeorm';

/** A rep as the API shows it. */
export interface RepView {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly active: boolean;
  readonly paused: boolean;
  readonly cap: number | null;
  /** Leads the rep holds now. */
  readonly open: number;
  readonly pools: readonly string[];
  readonly version: number;
}

const VIEW = `select r.id, r.name, r.email, r.active, r.paused, r.cap, r.version,
    (select count(*) from assignment a where a.rep_id = r.id) as open,
    array(select m.pool_id from pool_member m where m.rep_id = r.id order by m.pool_id) as pools
  from rep r`;

export async function findRep(manager: EntityManager, id: string): Promise<RepView | null> {
  const [rep] = await manager.query<RepView[]>(`${VIEW} where r.id = $1`, [id]);
  return rep ?? null;
}

export interface RepFilter {
  readonly pool: string | null;
  /** Id of the last rep of the page before. */
  readonly after: string | null;
  readonly limit: number;
}

/** In the order of their ids. */
export function listReps(manager: EntityManager, filter: RepFilter): Promise<readonly RepView[]> {
  return manager.query<RepView[]>(
    `${VIEW} where ($1::text is null or r.id > $1)
       and ($2::text is null or exists (select 1 from pool_member m where m.rep_id = r.id and m.pool_id = $2))
     order by r.id limit $3`,
    [filter.after, filter.pool, filter.limit],
  );
}
