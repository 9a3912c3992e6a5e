import type { Instant, Milliseconds } from '../time.js';
import { DAY, HOUR } from '../time.js';
import { POWER_BITS, powerOfTwo } from './power-of-two.js';

/**
 * Exact decay. An entry of a group with half-life H is worth micro · 2^(−age/H); instead of ageing entries we
 * weigh each once, by 2^(occurred/H), and divide the sum by 2^(at/H) on reading. Weights are big integers, so
 * adding is exact and commutative: neither the order of arrival nor a reversal can leave a trace.
 */

/**
 * What half-lives a policy may use. A sum takes about 100 bits and one more for each half-life between the
 * lead's first and last entry: 20 bytes for a month of 30-day half-lives, 1.1 kB for a year of one-hour ones,
 * 11 kB for ten years of them. Ten years at most keep every crossing within instants that dates can show.
 */
export const HALF_LIFE = { least: HOUR, most: 3650 * DAY } as const;

/** Fraction bits that each entry's weight keeps beyond the micro-point. */
const FRACTION_BITS = 64n;

/** mantissa · 2^(shift − 64) micro-points at instant 0; the mantissa is odd, or 0 with shift 0. */
export interface DecayingSum {
  readonly mantissa: bigint;
  readonly shift: number;
}

/** n / 2^bits to the nearest whole number, halves away from zero, so that −n gives exactly the negated result. */
function roundedShift(n: bigint, bits: bigint): bigint {
  if (bits <= 0n) return n << -bits;
  const half = 1n << (bits - 1n);
  return n < 0n ? -((half - n) >> bits) : (n + half) >> bits;
}

/** One form for one value: all trailing zero bits move into the shift. */
function normal(mantissa: bigint, shift: number): DecayingSum {
  if (mantissa === 0n) return { mantissa, shift: 0 };
  const zeros = (mantissa & -mantissa).toString(2).length - 1;
  return { mantissa: mantissa >> BigInt(zeros), shift: shift + zeros };
}

/** The part of the exponent instant / H that is whole, and the rest in milliseconds (0 ≤ rest < H). */
function halfLives(instant: Instant, halfLife: Milliseconds): { whole: number; rest: number } {
  const whole = Math.floor(instant / halfLife);
  return { whole, rest: instant - whole * halfLife };
}

/** The weight of an entry, 2^64 times too large, before its whole half-lives are counted. */
const weightIn = (micro: number, rest: Milliseconds, halfLife: Milliseconds): bigint =>
  roundedShift(BigInt(micro) * powerOfTwo(rest, halfLife), POWER_BITS - FRACTION_BITS);

/** What one entry adds to the sum of its group. */
export function weigh(micro: number, occurred: Instant, halfLife: Milliseconds): DecayingSum {
  const { whole, rest } = halfLives(occurred, halfLife);
  return normal(weightIn(micro, rest, halfLife), whole);
}

export function add(a: DecayingSum, b: DecayingSum): DecayingSum {
  if (a.mantissa === 0n) return normal(b.mantissa, b.shift);
  if (b.mantissa === 0n) return normal(a.mantissa, a.shift);
  const shift = Math.min(a.shift, b.shift);
  const aligned = ({ mantissa, shift: own }: DecayingSum) => mantissa << BigInt(own - shift);
  return normal(aligned(a) + aligned(b), shift);
}

/** Many entries of one half-life added up: the same as {@link weigh} and {@link add} for each, for less. */
export class WeightedSum {
  /** By whole half-lives: within one, weights have the same shift. */
  readonly #sums = new Map<number, bigint>();

  constructor(private readonly halfLife: Milliseconds) {}

  add(micro: number, occurred: Instant): void {
    const { whole, rest } = halfLives(occurred, this.halfLife);
    this.#sums.set(whole, (this.#sums.get(whole) ?? 0n) + weightIn(micro, rest, this.halfLife));
  }

  total(): DecayingSum {
    let total: DecayingSum = { mantissa: 0n, shift: 0 };
    for (const [shift, mantissa] of this.#sums) total = add(total, { mantissa, shift });
    return total;
  }
}

/** The sum as it stands at an instant, rounded once, to micro-points. Its size never grows with time. */
export function valueAt(sum: DecayingSum, at: Instant, halfLife: Milliseconds): bigint {
  if (sum.mantissa === 0n) return 0n;
  // 2^(−at/H) = 2^(fraction of a half-life until the next whole one) / 2^(that whole one).
  const { whole, rest } = halfLives(-at, halfLife);
  return roundedShift(
    sum.mantissa * powerOfTwo(rest, halfLife),
    POWER_BITS + FRACTION_BITS - BigInt(sum.shift + whole),
  );
}

/** An instant from which on the sum reads 0 for ever. */
export function zeroFrom(sum: DecayingSum, halfLife: Milliseconds): Instant {
  const magnitude = sum.mantissa < 0n ? -sum.mantissa : sum.mantissa;
  const bits = 4 * magnitude.toString(16).length + sum.shift - Number(FRACTION_BITS);
  return (bits + 1) * halfLife;
}

/** How a sum is stored: `0`, or mantissa and shift such as `-12345*2^640`. */
export const formatSum = ({ mantissa, shift }: DecayingSum): string =>
  mantissa === 0n ? '0' : `${mantissa.toString()}*2^${shift}`;

/** The inverse of {@link formatSum}. @throws SyntaxError when the text is no stored sum. */
export function parseSum(text: string): DecayingSum {
  const [mantissa = '', shift = '0'] = text.split('*2^');
  return { mantissa: BigInt(mantissa), shift: Number(BigInt(shift)) };
}
