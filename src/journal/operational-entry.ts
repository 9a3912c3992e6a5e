import type { EntityManager } from 'typeorm';
import { instantParam } from '../db/column-types.js';
import type { Json } from '../domain/canonical.js';
import { canonical } from '../domain/canonical.js';
import type { Instant } from '../domain/time.js';
import { GENESIS, nextLink, type JournalKey } from './chain.js';

/** Lock for the one chain of operational history; taken last, after pools and reps. */
const CHAIN_LOCK = 7_301;

/** A change of who takes leads: pools, reps, weights, caps, pauses. */
export interface OperationalChange {
  /** Such as `rep:rep-12` or `pool:sdr`. */
  readonly subject: string;
  /** Codes, ids and numbers; no names. */
  readonly change: Json;
  /** Our own opaque id of who did it. */
  readonly by: string | null;
}

/** Appends to the chained history, in the transaction that makes the change. */
export async function appendOperational(
  manager: EntityManager,
  key: JournalKey,
  { subject, change, by }: OperationalChange,
  at: Instant,
): Promise<number> {
  await manager.query('select pg_advisory_xact_lock($1)', [CHAIN_LOCK]);
  const [head] = await manager.query<{ n: number; hash: string }[]>(
    'select n, hash from operational_entry order by n desc limit 1',
  );
  const n = (head?.n ?? 0) + 1;
  const bytes = canonical({ n, subject, change, by, at });
  const link = nextLink(key, head?.hash ?? GENESIS, bytes);
  await manager.query(
    `insert into operational_entry (n, subject, bytes, recorded_at, prev_hash, hash, mac, key_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [n, subject, bytes, instantParam(at), link.prevHash, link.hash, link.mac, link.keyId],
  );
  return n;
}
