import type { EntityManager } from 'typeorm';
import { returnPosition } from '../domain/routing/rotation.js';

/**
 * A rep who comes back is raised to the lowest position of those who can take leads, in every pool: there is
 * no catching up. The pools are locked by the caller.
 * @returns the new positions, by pool
 */
export async function raiseReturning(
  tx: EntityManager,
  rep: string,
  pools: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const raised: Record<string, string> = {};
  for (const pool of pools) {
    const members = await tx.query<{ rep_id: string; position: string; takes: boolean }[]>(
      `select m.rep_id, m.position, r.active and not r.paused as takes
         from pool_member m join rep r on r.id = m.rep_id where m.pool_id = $1 order by m.rep_id`,
      [pool],
    );
    const own = members.find((member) => member.rep_id === rep);
    if (own === undefined) continue;
    const others = members.filter((member) => member.rep_id !== rep && member.takes);
    const position = returnPosition(
      own.position,
      others.map((member) => member.position),
    );
    await tx.query('update pool_member set position = $3 where pool_id = $1 and rep_id = $2', [
      pool,
      rep,
      position,
    ]);
    raised[pool] = position;
  }
  return raised;
}
