import type { Instant } from '../time.js';

/** A point is a million micro-points; every stored and returned score is a whole number of them. */
export const MICRO = 1_000_000;

/** One immutable entry of a lead's score ledger. `n` counts from 1 in each lead; the highest is the score version. */
export interface ScoreEntry {
  readonly n: number;
  readonly rule: string;
  readonly group: string;
  /** Micro-points, signed. A reversal carries the negated points of the entry that it takes back. */
  readonly micro: number;
  readonly occurred: Instant;
  readonly recorded: Instant;
  /** Opaque id of the event or field update that gave the points. */
  readonly cause: string;
  /** `n` of the entry that this one takes back. */
  readonly reverses: number | null;
}

/**
 * What the entries of one group add up to: for a group with a half-life the exact weighted sum (a decimal
 * string of a big integer), else the plain sum in micro-points. Adding is commutative, so order cannot matter.
 */
export type GroupSums = Readonly<Record<string, string>>;

/** The folded ledger: enough to read the score at any later instant. */
export interface ScoreState {
  /** `n` of the newest entry folded in; 0 when there is none. */
  readonly version: number;
  readonly sums: GroupSums;
  /** When the lead last did something; null when it never did. */
  readonly lastEventAt: Instant | null;
}

/** A score as read at one instant, all in micro-points: explicit and implicit 0…100 points each, total their weighted sum. */
export interface ScoreReading {
  readonly version: number;
  readonly total: number;
  readonly explicit: number;
  readonly implicit: number;
  readonly groups: Readonly<Record<string, number>>;
  /** Ids of must-haves that are failed, and of those whose field is unknown. */
  readonly failed: readonly string[];
  readonly unknown: readonly string[];
  /** When the lead last did something, as known then; null when it never did. */
  readonly lastEventAt: Instant | null;
}
