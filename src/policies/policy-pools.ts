import type { EntityManager } from 'typeorm';
import type { Policy } from '../domain/policy/policy.schema.js';
import type { Instant } from '../domain/time.js';
import type { JournalKey } from '../journal/chain.js';
import { appendOperational } from '../journal/operational-entry.js';

/** Every pool that a policy can send a lead to. */
export function poolsOf({ handOffs, triggers = [] }: Policy): readonly string[] {
  const { sdr, ae, fitOnly, byHand } = handOffs;
  const own = [ae?.pool, fitOnly?.pool, ...triggers.map(({ pool }) => pool)];
  return [...new Set([sdr.pool, ...own.filter((pool) => pool !== undefined), ...byHand.pools])].sort();
}

/**
 * Makes the pools of a policy that do not exist yet, empty: from the first lead on there is a queue to wait in.
 * @param by our own opaque id of who activates the policy; null for a deployment's policy file
 */
export async function ensurePools(
  tx: EntityManager,
  key: JournalKey,
  policy: Policy,
  at: Instant,
  by: string | null,
): Promise<void> {
  for (const pool of poolsOf(policy)) {
    const made = await tx.query<unknown[]>(
      'insert into pool (id, name) values ($1, $1) on conflict do nothing returning id',
      [pool],
    );
    if (made.length > 0) {
      await appendOperational(
        tx,
        key,
        { subject: `pool:${pool}`, change: { what: 'created', pool }, by },
        at,
      );
    }
  }
}
