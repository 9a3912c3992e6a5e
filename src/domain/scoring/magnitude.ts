import type { Magnitude } from '../policy/scoring.schema.js';
import { numberOf } from './condition.js';
import { lookup } from './lookup.js';

/** Beyond this nobody measures minutes or shares; what is larger counts as this. */
const MOST = 1e15;
/** Fraction digits that a measured value keeps; `per` has no more. */
const DIGITS = 6;

/**
 * How often `per` goes into a value, as a whole number. Exact in decimals: 0.1 goes into 0.3 three times,
 * though floating point says 2.99….
 */
export function wholeTimes(value: number, per: number): number {
  if (!(value >= per)) return 0;
  const scaled = (number: number): bigint => BigInt(Math.min(number, MOST).toFixed(DIGITS).replace('.', ''));
  return Number(scaled(value) / scaled(per));
}

/** By what the points of a rule are multiplied; 0 where the property is no number or less than `per`. */
export function timesOf(
  { property, per, most }: Magnitude,
  properties: Readonly<Record<string, unknown>>,
): number {
  const value = numberOf(lookup(properties, property));
  return value === null ? 0 : Math.min(most, wholeTimes(value, per));
}
