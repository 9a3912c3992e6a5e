import { sqlState } from './transaction.js';

/**
 * SQLSTATE classes and codes, and codes of the network, of a fault that passes by itself: connection lost,
 * login refused, server stopping, starting or standing by, out of connections, memory or disk; conflict, lock or
 * patience that outlasted all our tries. None of them is the fault of what was asked.
 */
const PASSING =
  /^(?:(?:08|28|53|58)...|57P0.|57014|25006|25P03|40001|40003|40P01|55P03|ECONN\w+|EPIPE|ETIMEDOUT|E(?:HOST|NET)UNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** What the driver and TypeORM say, without a code, when the connection has gone. */
const CONNECTION_LOST =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|timeout expired|Cannot use a pool after|Query runner already released|Database connection provided by a query runner was already released|Connection with \w+ database is not established)/;

/** Whether the database could not answer now, so that the same request may succeed later. */
export function isPassing(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return PASSING.test(sqlState(error) ?? '') || CONNECTION_LOST.test(error.message);
}
