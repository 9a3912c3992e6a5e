import pg, { type CustomTypesConfig } from 'pg';
import type { ValueTransformer } from 'typeorm';
import type { Instant } from '../domain/time.js';

/**
 * The one place where database values become ours: `timestamptz` is an {@link Instant}, `bigint` a number
 * (an error beyond 2^53), `numeric` stays a decimal string.
 */
export const columnTypes: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : PARSERS.get(oid)) ?? library.getTypeParser(oid, format),
};

type Parser = (text: string) => unknown;
const library: { getTypeParser(oid: number, format?: string): Parser } = pg.types;

const PARSERS = new Map<number, Parser>([
  [pg.types.builtins.TIMESTAMPTZ, toInstant],
  [pg.types.builtins.INT8, toSafeInteger],
]);

function toInstant(text: string): Instant {
  const date = library.getTypeParser(pg.types.builtins.TIMESTAMPTZ)(text);
  if (!(date instanceof Date)) throw new RangeError(`"${text}" is not an instant`);
  return date.getTime();
}

function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the safe integers`);
  return value;
}

/** An instant as a query parameter. */
export const instantParam = (at: Instant): string => new Date(at).toISOString();

/** The same for a time that may be unknown. */
export const optionalInstantParam = (at: Instant | null): string | null =>
  at === null ? null : instantParam(at);

/** For entity columns of type `timestamptz`. */
export const instantColumn: ValueTransformer = {
  from: (value: Instant | null) => value,
  to: (value: unknown) => (typeof value === 'number' ? new Date(value) : value),
};
