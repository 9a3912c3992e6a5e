import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../clock.js';
import { instantParam } from '../db/column-types.js';
import { inTransaction } from '../db/transaction.js';
import { canonical } from '../domain/canonical.js';
import type { Actor } from '../domain/journey/inputs.js';
import type { Instant } from '../domain/time.js';
import { KeyReused } from '../faults.js';
import { sha256 } from '../journal/chain.js';
import { KeyedLimiter } from '../leads/keyed-limiter.js';
import { stopPoint } from '../stop-point.js';
import { seal, unseal } from './seal.js';

/** What identifies a request: a repeat has the same actor, method, path and key. */
export interface WriteRequest {
  readonly actor: Actor;
  readonly method: string;
  readonly path: string;
  /** The Idempotency-Key; null: every request is new. */
  readonly key: string | null;
  readonly body: unknown;
}

export type Writes = ReturnType<typeof createWrites>;

/** Runs the writes that are no lead commands, each key once however often and however much at once it is sent. */
export function createWrites({ dataSource, clock, poolSize }: WritesDeps) {
  const holders = new KeyedLimiter(Math.max(1, Math.floor(poolSize / 2)));
  return {
    /**
     * One transaction for the write and its stored answer. A write that fails stores nothing.
     * @param options `secret`: the answer holds a secret and is stored encrypted
     */
    run<T>(
      request: WriteRequest,
      work: (tx: EntityManager) => Promise<T>,
      options: { readonly secret?: boolean } = {},
    ): Promise<T> {
      const { key } = request;
      if (key === null) return inTransaction(dataSource, work);
      return inTransaction(dataSource, (tx) =>
        once(tx, { ...request, key }, clock.now(), () => work(tx), options),
      );
    },

    /**
     * For work that makes its own transactions and is harmless when it is repeated (ingest): the key is held
     * while it runs. A holder needs a second connection, so only half of the pool may hold one.
     */
    around<T>(request: WriteRequest, work: () => Promise<T>): Promise<T> {
      const { key } = request;
      if (key === null) return work();
      return holders.run('', () =>
        inTransaction(dataSource, (tx) => once(tx, { ...request, key }, clock.now(), work, {})),
      );
    },
  };
}

export interface WritesDeps {
  readonly dataSource: DataSource;
  readonly clock: Clock;
  /** Connections of the data source; at least two. */
  readonly poolSize: number;
}

async function once<T>(
  tx: EntityManager,
  request: WriteRequest & { readonly key: string },
  now: Instant,
  work: () => Promise<T>,
  { secret = false }: { readonly secret?: boolean },
): Promise<T> {
  const { key } = request;
  const keyHash = requestId(request, key);
  const bodyHash = bodyHashOf(request.body, key);
  // Parallel repeats wait here; a transaction lock is gone with the transaction, however that ends.
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 1))', [keyHash]);
  const [stored] = await tx.query<{ body_hash: string; response: string }[]>(
    'select body_hash, response from idempotency where key_hash = $1',
    [keyHash],
  );
  if (stored !== undefined) {
    if (stored.body_hash !== bodyHash) throw new KeyReused();
    // We wrote it: the text is an answer of the same write.
    return JSON.parse(secret ? unseal(stored.response, key) : stored.response) as T;
  }
  const answer = await work();
  stopPoint('written');
  const text = JSON.stringify(answer);
  await tx.query(
    `insert into idempotency (key_hash, body_hash, status, response, created_at) values ($1, $2, 200, $3, $4)`,
    [keyHash, bodyHash, secret ? seal(text, key) : text, instantParam(now)],
  );
  return answer;
}

/** The same for every repeat of a request, and for no other. */
export const requestId = ({ actor, method, path }: Omit<WriteRequest, 'key' | 'body'>, key: string): string =>
  sha256(canonical([actor, method, path, key]));

/** Salted with the key, which is not stored: a body may hold personal data, and its plain hash would tell. */
export const bodyHashOf = (body: unknown, key: string): string => sha256(canonical([key, body ?? null]));
