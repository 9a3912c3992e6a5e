import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import type { Milliseconds } from '../domain/time.js';

/** SQLSTATE codes after which the whole transaction is run again, and the pause before (grows with each try). */
const RETRYABLE: Readonly<Record<string, { readonly what: string; readonly delayMs: number }>> = {
  '40001': { what: 'serialization failure, or a change that raced ours', delayMs: 5 },
  '40P01': { what: 'deadlock', delayMs: 20 },
  '55P03': { what: 'lock timeout', delayMs: 100 },
};
const ATTEMPTS = 12;

/** Long enough for a queue of transactions on one pool, shorter than the 10 s of a local activity. */
const LOCK_TIMEOUT_MS = 8_000;
const STATEMENT_TIMEOUT_MS = 9_000;

/** One round trip for all three. */
const settings = (left: Milliseconds): string => `
  set transaction isolation level read committed;
  set local lock_timeout = ${Math.min(LOCK_TIMEOUT_MS, Math.ceil(left))};
  set local statement_timeout = ${Math.min(STATEMENT_TIMEOUT_MS, Math.ceil(left))}`;

/** Thrown inside a transaction that saw another one win: runs again from the start. */
export class ConcurrentChange extends Error {
  override readonly name = 'ConcurrentChange';
  readonly code = '40001';
}

/** The caller has given up, so nothing is written; by its code a fault that passes, and not tried again. */
export class OutOfPatience extends Error {
  override readonly name = 'OutOfPatience';
  readonly code = '57014';
}

/** The SQLSTATE of an error, wherever the library put it; null when it has none. */
export function sqlState(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'driverError' in error ? sqlState(error.driverError) : null;
}

/**
 * Runs `work` in one READ COMMITTED transaction; explicit row locks give the order. The whole is run again
 * after a deadlock or a serialization failure, so `work` has no effect outside the database.
 * @param patience for the whole, from now on: beyond it nothing is tried again and nothing is committed
 */
export async function inTransaction<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
  patience: Milliseconds = Infinity,
): Promise<T> {
  const deadline = performance.now() + patience;
  const left = (): Milliseconds => {
    const ms = deadline - performance.now();
    if (ms <= 0) throw new OutOfPatience('the transaction takes too long');
    return ms;
  };
  for (let attempt = 1; ; attempt++) {
    try {
      return await dataSource.transaction(async (manager) => {
        await manager.query(settings(left()));
        const result = await work(manager);
        left();
        return result;
      });
    } catch (error) {
      const rule = RETRYABLE[sqlState(error) ?? ''];
      if (rule === undefined || attempt === ATTEMPTS) throw error;
      const pause = rule.delayMs * attempt * (0.5 + Math.random());
      if (performance.now() + pause >= deadline) throw error;
      await wait(pause);
    }
  }
}
