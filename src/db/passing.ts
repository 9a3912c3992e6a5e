import { sqlState } from './transaction.js';

/**
 * SQLSTATE classes and codes, and codes of the network, of a fault that passes by itself: connection lost,
 * server stopping or starting, out of connections; conflict or lock that outlasted all our tries.
 */
const PASSING = /^(?:08...|53300|57P0[1-3]|57014|40001|40P01|55P03|ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH)$/;
/** What the driver says, without a code, when the server has gone in mid-query. */
const CONNECTION_LOST =
  /^(?:Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/;

/** Whether the database could not answer now, so that the same request may succeed later. */
export function isPassing(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return PASSING.test(sqlState(error) ?? '') || CONNECTION_LOST.test(error.message);
}
