import type { Instant, Milliseconds } from '../time.js';
import type { ScoreReading } from '../scoring/score.js';
import type { ClockName, MqlLevel, Stage } from './journey.js';

export const CRITERION_ANSWERS = ['confirmed', 'lost', 'unknown'] as const;
export type CriterionAnswer = (typeof CRITERION_ANSWERS)[number];
export const CONFIDENCES = ['low', 'medium', 'high'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** What people ask for. The `body` holds codes, ids and numbers; free text lies in personal evidence. */
export interface CommandBodies {
  hand_off: { readonly reason: string; readonly pool: string | null };
  accept: Empty;
  decline: { readonly reason: string };
  reject: { readonly reason: string };
  first_response: { readonly channel: string | null };
  follow_up: { readonly channel: string | null; readonly outcome: string | null };
  qualification: {
    readonly criterion: string;
    readonly answer: CriterionAnswer;
    /** How sure the rep is; null: not said. */
    readonly confidence: Confidence | null;
  };
  qualify: Empty;
  recycle: { readonly reason: string };
  disqualify: { readonly reason: string };
  reassign: { readonly rep: string | null; readonly reason: string | null };
  claim: Empty;
  review: { readonly decision: 'hand_off' | 'nurture' | 'disqualify' | 'return' };
  dispute: Empty;
  opportunity: { readonly reference: string | null };
  won: { readonly amount: number | null; readonly currency: string | null };
  lost: { readonly reason: string };
  reopen: { readonly reason: string };
  feedback: { readonly qualified: boolean | null; readonly missing: string | null };
  merge: { readonly into: string };
  split: Empty;
  tags: { readonly add: readonly string[]; readonly remove: readonly string[] };
}

/** What happened: never refused for being inconvenient, and done when its journal row exists. */
export interface FactBodies {
  captured: {
    readonly policy: string;
    readonly source: string | null;
    readonly campaign: string | null;
    /** Its past follows: `history_recorded`, then `journey_resumed`. */
    readonly imported?: true;
  };
  history_recorded: HistoricFact;
  journey_resumed: Resumption;
  hand_raised: {
    readonly event: string;
    readonly disqualifier: string | null;
    /** Id of the policy's trigger; null: a hand-raiser, which bypasses everything. */
    readonly trigger: string | null;
  };
  policy_migrated: PolicyMigration;
  disqualifier_found: { readonly reason: string };
  meeting_booked: Empty;
  meeting_held: Empty;
  meeting_no_show: Empty;
  meeting_rescheduled: Empty;
  sales_activity: { readonly channel: string | null };
  delivery_failed: { readonly delivery: string; readonly about: string };
}

/** Stages that a past can have: no hand-off and no review is open in them. */
export const HISTORIC_STAGES = [
  'inquiry',
  'mql',
  'sal',
  'sql',
  'opportunity',
  'nurture',
  'closed_won',
  'closed_lost',
  'disqualified',
] as const satisfies readonly Stage[];
export type HistoricStage = (typeof HISTORIC_STAGES)[number];

/** A stage that a lead had reached elsewhere. When it did is the input's `occurred`; null where nobody knows. */
export interface HistoricFact {
  readonly stage: HistoricStage;
  /** For `mql` only. */
  readonly level: MqlLevel | null;
  /** Who owned it from then on; null: as before. */
  readonly sdr: string | null;
  readonly ae: string | null;
  /** Reason code; for `closed_lost` and `disqualified`. */
  readonly reason: string | null;
  /** In the smallest unit of the currency; for `closed_won`. */
  readonly amount: number | null;
  readonly currency: string | null;
  /** Where it was read: the import, the number of its file and of the row there, both from 1. */
  readonly import: string;
  readonly file: number;
  readonly row: number;
}

/** Another policy is to rule the journey: a migration of open leads, or its undoing. */
export interface PolicyMigration {
  /** Id of the migration. */
  readonly migration: string;
  /** Hash of the policy to follow from now on. */
  readonly to: string;
}

/** How an imported journey goes on. */
export interface Resumption {
  /** How long an old score does not demote it. */
  readonly grace: Milliseconds;
  /** Added to everything that runs from now, so that imported leads do not wake up all at once. */
  readonly spread: Milliseconds;
  readonly offer: boolean;
}

/** What the machine notices when it looks at a lead: no row unless it changes something. */
export interface LookBodies {
  score: Empty;
  /** The lead did nothing for as long as the policy waits. */
  inactivity: Empty;
  /** The pool of the open hand-off may have room again. */
  pool_wake: Empty;
  /** The hand-off during which the journey was to be migrated has ended. */
  pending_policy: Empty;
}

export interface TimerBody {
  readonly clock: ClockName;
  readonly step: number;
  readonly due: Instant;
}

export type Empty = Readonly<Record<string, never>>;

export const COMMANDS = [
  'hand_off',
  'accept',
  'decline',
  'reject',
  'first_response',
  'follow_up',
  'qualification',
  'qualify',
  'recycle',
  'disqualify',
  'reassign',
  'claim',
  'review',
  'dispute',
  'opportunity',
  'won',
  'lost',
  'reopen',
  'feedback',
  'merge',
  'split',
  'tags',
] as const satisfies readonly (keyof CommandBodies)[];
export type Command = (typeof COMMANDS)[number];

export const FACTS = [
  'captured',
  'history_recorded',
  'journey_resumed',
  'hand_raised',
  'policy_migrated',
  'disqualifier_found',
  'meeting_booked',
  'meeting_held',
  'meeting_no_show',
  'meeting_rescheduled',
  'sales_activity',
  'delivery_failed',
] as const satisfies readonly (keyof FactBodies)[];
export type Fact = (typeof FACTS)[number];

export const LOOKS = [
  'pending_policy',
  'score',
  'inactivity',
  'pool_wake',
] as const satisfies readonly (keyof LookBodies)[];
export type Look = (typeof LOOKS)[number];

export type InputBodies = CommandBodies & FactBodies & LookBodies & { timer: TimerBody };
export type InputKind = keyof InputBodies;

/** Who caused an input. `id` is our own opaque id; `onBehalfOf` is the rep for whom an admin acts. */
export interface Actor {
  readonly kind: 'admin' | 'rep' | 'marketing' | 'sales' | 'lead' | 'system';
  readonly id: string | null;
  readonly onBehalfOf: string | null;
}

export const SYSTEM: Actor = { kind: 'system', id: null, onBehalfOf: null };

/** The rep as whom the actor acts; null for anybody else. */
export const actingRep = (actor: Actor): string | null =>
  actor.onBehalfOf ?? (actor.kind === 'rep' ? actor.id : null);

/** One input as the journal stores it: everything that `decide` may know beside journey, facts and policy. */
export interface InputOf<K extends InputKind> {
  readonly kind: K;
  /** Unique for this lead, for ever: a repeat is answered with the stored row. */
  readonly id: string;
  /** Workflow time. */
  readonly at: Instant;
  /** When it happened in the business; null where nobody knows. */
  readonly occurred: Instant | null;
  readonly actor: Actor;
  /** The lead's score as it was known when the input was applied. */
  readonly score: ScoreReading;
  readonly body: InputBodies[K];
  /** Salted hash of the personal evidence (free text, names) that came with it; null when there was none. */
  readonly personal: string | null;
}

export type Input = { readonly [K in InputKind]: InputOf<K> }[InputKind];

export const isCommand = (input: Input): boolean => COMMANDS.some((command) => command === input.kind);
