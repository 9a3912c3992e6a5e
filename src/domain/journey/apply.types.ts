import type { Instant } from '../time.js';
import type { CriterionAnswer } from './inputs.js';
import type { ClockName, HandOffStatus, MqlLevel, Stage, Team } from './journey.js';
import type { Refusal } from './refusals.js';

/** "Apply what is due, then look": what the workflow of a lead asks for. */
export interface ApplyRequest {
  readonly leadId: string;
  /** Workflow time. */
  readonly at: Instant;
  /** Input id of the command whose turn it is; null: the next fact, or a look at score and queue. */
  readonly command: string | null;
}

export interface ApplyResult {
  readonly seq: number;
  /** What the requested command came to; null when none was asked for or a deadline or fact went first. */
  readonly answer: Answer | null;
  /** The earliest instant at which there is something to do without being rung; null: never. */
  readonly wakeAt: Instant | null;
  /** What that is for: the timer's summary. */
  readonly wakeFor: ClockName | 'score' | 'inactivity' | null;
  /** True: call again at once, a deadline or an undecided fact (or the asked-for command) still waits. */
  readonly more: boolean;
  /** The journey has ended: the run returns. */
  readonly ended: boolean;
  /** Codes and ids only, such as `mql.advanced → offered rep-12 until 2026-01-01T10:00:00Z`; at most 200 characters. */
  readonly summary: string;
  readonly attributes: LeadAttributes;
}

/** The typed search attributes of a lead's workflow. */
export interface LeadAttributes {
  /** The situation, such as `mql.offered`. */
  readonly stage: string;
  readonly owner: string | null;
  readonly pool: string | null;
  readonly policy: string;
  readonly due: Instant | null;
}

/** The stored answer to a command: what its client hears, now and at every repeat. */
export type Answer =
  | { readonly outcome: 'done'; readonly seq: number; readonly state: LeadView }
  | {
      readonly outcome: 'refused';
      readonly seq: number | null;
      readonly code: Refusal;
      readonly detail: string;
      readonly state: LeadView;
    };

/** Where a lead stands, as the API shows it; no personal data. Instants are ISO 8601 in UTC. */
export interface LeadView {
  readonly id: string;
  readonly seq: number;
  readonly stage: Stage;
  readonly level: MqlLevel | null;
  readonly situation: string;
  readonly team: Team;
  readonly owners: { readonly sdr: string | null; readonly ae: string | null };
  readonly handOff: {
    readonly n: number;
    readonly kind: 'sdr' | 'ae';
    readonly status: HandOffStatus;
    readonly pool: string;
    readonly rep: string | null;
    readonly attempt: number;
    readonly startedAt: string;
  } | null;
  readonly deadlines: readonly { readonly clock: ClockName; readonly due: string }[];
  readonly review: { readonly reason: string; readonly reviewer: Team } | null;
  readonly recycles: number;
  readonly coolOffUntil: string | null;
  readonly firstResponseAt: string | null;
  readonly criteria: Readonly<Record<string, CriterionAnswer>>;
  readonly tags: readonly string[];
  readonly policy: string;
  readonly at: string;
}
