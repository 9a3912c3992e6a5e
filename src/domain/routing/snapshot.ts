import type { Instant } from '../time.js';

/** A member of a pool as one routing decision sees it. */
export interface Candidate {
  readonly rep: string;
  readonly weight: number;
  /** Rotation position, a whole number in decimal digits; grows by floor(10^12 / weight) with every turn. */
  readonly position: string;
  readonly active: boolean;
  readonly paused: boolean;
  /** Open leads that the rep holds in all pools together. */
  readonly open: number;
  /** The most open leads the rep may hold; null: no limit. */
  readonly cap: number | null;
}

/** A lead that already waits in the pool's queue, in queue order. */
export interface Waiting {
  readonly lead: string;
  readonly excluded: readonly string[];
}

/** Everything that a pool decision may look at; stored as evidence under its hash. */
export interface RoutingSnapshot {
  readonly at: Instant;
  readonly pool: string;
  /** The pool's sequence number that this decision takes. */
  readonly poolSeq: number;
  readonly lead: string;
  readonly excluded: readonly string[];
  readonly candidates: readonly Candidate[];
  /** The leads that stand before this one in the queue. */
  readonly ahead: readonly Waiting[];
}

export type ExclusionReason = 'inactive' | 'paused' | 'at_cap' | 'excluded' | 'kept_for_queue';

export interface CandidateVerdict {
  readonly rep: string;
  readonly position: string;
  readonly excludedBy: ExclusionReason | null;
  /** Such as `cap 20 of 20`; null when nothing excludes the rep. */
  readonly detail: string | null;
}

export interface RoutingDecision {
  /** Whose turn it is; null: nobody can take the lead now. */
  readonly rep: string | null;
  readonly verdicts: readonly CandidateVerdict[];
  /** New rotation positions of the members whose position changes, by rep. */
  readonly positions: Readonly<Record<string, string>>;
}
