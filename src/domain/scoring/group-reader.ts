import type { ScoringPolicy } from '../policy/scoring.schema.js';
import { type Instant, type Milliseconds, parseDuration } from '../time.js';
import { type DecayingSum, parseSum, valueAt } from './half-life.js';
import { lookup } from './lookup.js';
import { MICRO, type ScoreState } from './score.js';

/** One group of a folded ledger, decoded once to be read at many instants. */
export interface GroupReader {
  readonly name: string;
  readonly part: 'explicit' | 'implicit';
  /** Only so much of it counts, in percent, as the explicit part has points. */
  readonly scaledByFit: boolean;
  /** Micro-points. */
  readonly cap: number;
  readonly sum: DecayingSum;
  /** Null: the group keeps its worth, and `sum` is plain micro-points. */
  readonly halfLife: Milliseconds | null;
}

/** A reader for every group of the policy; what the ledger holds under other groups counts nothing. */
export function groupReaders(state: ScoreState, scoring: ScoringPolicy): GroupReader[] {
  return shapesOf(scoring).map((shape) => ({
    ...shape,
    sum: parseSum(lookup(state.sums, shape.name) ?? '0'),
  }));
}

const shapes = new WeakMap<ScoringPolicy, readonly Omit<GroupReader, 'sum'>[]>();

/** What the policy says of its groups; decoded once, since scores are read many times. */
function shapesOf(scoring: ScoringPolicy): readonly Omit<GroupReader, 'sum'>[] {
  const known = shapes.get(scoring);
  if (known !== undefined) return known;
  const decoded = Object.entries(scoring.groups).map(([name, { part, cap, halfLife, scaledByFit }]) => ({
    name,
    part,
    // An explicit group cannot be scaled by the part that it is in.
    scaledByFit: scaledByFit === true && part === 'implicit',
    cap: cap * MICRO,
    halfLife: halfLife === undefined ? null : parseDuration(halfLife),
  }));
  shapes.set(scoring, decoded);
  return decoded;
}

/** What the group's entries are worth at an instant, before its cap: decayed, rounded once. */
export const rawAt = ({ sum, halfLife }: GroupReader, at: Instant): bigint =>
  halfLife === null ? sum.mantissa : valueAt(sum, at, halfLife);

/** The group's micro-points at an instant: decayed, rounded once, then capped both ways. */
export function groupAt(reader: GroupReader, at: Instant): number {
  const { cap } = reader;
  // Beyond 2^53 a number is not exact any more, but beyond every cap.
  const value = Number(rawAt(reader, at));
  if (value > cap) return cap;
  return value < -cap ? -cap : value;
}

/** So much of a group's micro-points as the explicit part (micro-points, 0 to 100 points) lets count; towards 0. */
export const scaledBy = (explicit: number, value: number): number =>
  // A cap times 100 points goes beyond 2^53.
  Number((BigInt(value) * BigInt(explicit)) / BigInt(100 * MICRO));
