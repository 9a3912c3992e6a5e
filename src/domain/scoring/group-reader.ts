import type { ScoringPolicy } from '../policy/policy.schema.js';
import { type Instant, type Milliseconds, parseDuration } from '../time.js';
import { type DecayingSum, parseSum, valueAt } from './half-life.js';
import { lookup } from './lookup.js';
import { MICRO, type ScoreState } from './score.js';

/** One group of a folded ledger, decoded once to be read at many instants. */
export interface GroupReader {
  readonly name: string;
  readonly part: 'explicit' | 'implicit';
  /** Micro-points. */
  readonly cap: number;
  readonly sum: DecayingSum;
  /** Null: the group keeps its worth, and `sum` is plain micro-points. */
  readonly halfLife: Milliseconds | null;
}

/** A reader for every group of the policy; what the ledger holds under other groups counts nothing. */
export function groupReaders(state: ScoreState, scoring: ScoringPolicy): GroupReader[] {
  return Object.entries(scoring.groups).map(([name, { part, cap, halfLife }]) => ({
    name,
    part,
    cap: cap * MICRO,
    sum: parseSum(lookup(state.sums, name) ?? '0'),
    halfLife: halfLife === undefined ? null : parseDuration(halfLife),
  }));
}

/** The group's micro-points at an instant: decayed, rounded once, then capped both ways. */
export function groupAt({ sum, halfLife, cap }: GroupReader, at: Instant): number {
  const value = halfLife === null ? sum.mantissa : valueAt(sum, at, halfLife);
  if (value > BigInt(cap)) return cap;
  return value < BigInt(-cap) ? -cap : Number(value);
}
