import type { Instant } from '../time.js';
import type { Confidence, CriterionAnswer, PolicyMigration } from './inputs.js';

export const STAGES = [
  'inquiry',
  'mql',
  'sal',
  'sql',
  'opportunity',
  'closed_won',
  'closed_lost',
  'nurture',
  'review',
  'disqualified',
  'merged',
] as const;
export type Stage = (typeof STAGES)[number];

export type MqlLevel = 'early' | 'advanced';
export type Team = 'marketing' | 'sales';

/** The two hand-offs: marketing to the sales development rep, and that rep to the account executive. */
export type HandOffKind = 'sdr' | 'ae';
export type HandOffStatus = 'queued' | 'offered' | 'assigned' | 'escalated';
export type HandOffTrigger =
  'score' | 'fit' | 'hand_raiser' | 'by_hand' | 'review' | 'first_response_breach' | 'qualified';

export interface HandOff {
  /** Counts the hand-offs of this lead from 1. */
  readonly n: number;
  readonly kind: HandOffKind;
  readonly trigger: HandOffTrigger;
  readonly status: HandOffStatus;
  readonly pool: string;
  /** Who the lead is offered or assigned to; null while queued or escalated. */
  readonly rep: string | null;
  /** How many reps have had it in this hand-off. */
  readonly attempt: number;
  /** Reps who declined or let it lapse: not asked again in this hand-off. */
  readonly excluded: readonly string[];
  readonly startedAt: Instant;
}

export const CLOCKS = [
  'acceptance',
  'first_response',
  'escalation',
  'sales_inactivity',
  'cool_off',
  'review',
  'enrichment',
] as const;
export type ClockName = (typeof CLOCKS)[number];

/** The next instant at which a running clock has something to do. */
export interface Deadline {
  readonly clock: ClockName;
  readonly due: Instant;
  /** Index of the policy's step that falls due, 0 for a clock without steps. */
  readonly step: number;
  /** When the clock started; steps are measured from here. */
  readonly startedAt: Instant;
  /** `seq` of the row that armed it: a part of the timer's input id. */
  readonly armedBy: number;
}

export type ReviewReason = 'mismatch' | 'recycle_limit' | 'dispute' | 'nobody_accepted';

export interface Review {
  readonly reason: ReviewReason;
  /** The team that decides. */
  readonly reviewer: Team;
  readonly since: Instant;
}

/** `standard`, `fit` (handed off on fit alone), `hand_raiser`, or the id of the policy's trigger. */
export type Lane = string;

/** Whether the lead asked for sales, in one way or another. */
export const isUrgent = (lane: Lane): boolean => lane !== 'standard' && lane !== 'fit';

/** What sales found out about one criterion. */
export interface Answered {
  readonly answer: CriterionAnswer;
  readonly confidence: Confidence | null;
  /** The rep, or whoever else said so: our own opaque id. */
  readonly by: string | null;
  readonly at: Instant;
}

/** What an import brings along; see `history_recorded` and `journey_resumed`. */
export interface Past {
  /** When the journey went on here; null while its history is still being recorded. */
  readonly resumedAt: Instant | null;
  /** The lead's inactivity is measured from here at the earliest. */
  readonly activeFrom: Instant;
  /** Until then an old score does not demote it. */
  readonly graceUntil: Instant;
  /** Whether it may be handed off for what is known from before. */
  readonly offer: boolean;
}

export interface TrackState {
  /** `seq` of the row with which the lead entered. */
  readonly since: number;
  readonly left: boolean;
}

/**
 * The state of one lead's journey: what its journal rows fold to, and nothing else. It holds codes, ids and
 * numbers, no personal data. Its canonical bytes are cached in `lead.state`.
 */
export interface Journey {
  readonly lead: string;
  /** Sequence number of the newest row; 0 before the first. */
  readonly seq: number;
  /** Workflow time of the newest row: never decreases. */
  readonly at: Instant;
  /** Hash of the policy that this journey follows until it is migrated. */
  readonly policy: string;
  /** The policy that the journey will follow when its open hand-off has ended; null: none is waiting. */
  readonly pendingPolicy: PolicyMigration | null;
  /** Null before the lead is captured. */
  readonly stage: Stage | null;
  readonly level: MqlLevel | null;
  readonly stageSince: Instant;
  readonly capturedAt: Instant;
  /** Null for a lead that has always been live here. */
  readonly past: Past | null;
  readonly team: Team;
  readonly handOff: HandOff | null;
  readonly handOffs: number;
  readonly owners: { readonly sdr: string | null; readonly ae: string | null };
  /** Start of the wait that speed-to-lead measures, and the first response that ended it. */
  readonly waitingSince: Instant | null;
  readonly firstResponseAt: Instant | null;
  /** Which first-response clock applies, and how the lead is handed over. */
  readonly lane: Lane;
  readonly review: Review | null;
  /** Reasons for review that are settled: they do not come up again by themselves (the recycle limit: until the next recycle). */
  readonly settled: readonly ReviewReason[];
  /** What sales found out, by criterion. */
  readonly criteria: Readonly<Record<string, Answered>>;
  readonly recycles: number;
  readonly coolOffUntil: Instant | null;
  /** Reason code of a disqualifier that was found while sales worked the lead: marketing hands it over no more. */
  readonly disqualifier: string | null;
  /** What the accepted first hand-off leaves behind: the lead goes on from there if it is taken back. */
  readonly accepted: Pick<HandOff, 'pool' | 'excluded' | 'attempt'> | null;
  /** Reason code of the newest rejection by sales, until the lead is handed off again. */
  readonly rejected: string | null;
  readonly tags: readonly string[];
  /** Playbooks have given tasks. */
  readonly tasksGiven: boolean;
  /** The tracks that it is or was in, each by its newest entry. */
  readonly tracks: Readonly<Record<string, TrackState>>;
  readonly deadlines: readonly Deadline[];
}

/** Stages in which a journey has ended: it has no workflow and changes only by being reopened. */
export const ENDED: readonly Stage[] = ['closed_won', 'closed_lost', 'disqualified', 'merged'];

export const hasEnded = (journey: Journey): boolean =>
  journey.stage !== null && ENDED.includes(journey.stage);

/** The reps who hold the lead now, each with the role in which they do: what counts against their caps. */
export function holders(journey: Journey): readonly { rep: string; role: HandOffKind }[] {
  const held: { rep: string; role: HandOffKind }[] = [];
  const working = journey.stage === 'sal' || journey.stage === 'sql' || journey.stage === 'opportunity';
  if (working && journey.owners.ae !== null) held.push({ rep: journey.owners.ae, role: 'ae' });
  else if (working && journey.owners.sdr !== null) held.push({ rep: journey.owners.sdr, role: 'sdr' });
  const offered = journey.handOff;
  if (offered?.rep != null && !held.some(({ rep }) => rep === offered.rep)) {
    held.push({ rep: offered.rep, role: offered.kind });
  }
  return held;
}

/** A lead that nobody has captured yet: where every fold starts. */
export function unborn(lead: string): Journey {
  return {
    lead,
    seq: 0,
    at: 0,
    policy: '',
    pendingPolicy: null,
    stage: null,
    level: null,
    stageSince: 0,
    capturedAt: 0,
    past: null,
    team: 'marketing',
    handOff: null,
    handOffs: 0,
    owners: { sdr: null, ae: null },
    waitingSince: null,
    firstResponseAt: null,
    lane: 'standard',
    review: null,
    settled: [],
    criteria: {},
    recycles: 0,
    coolOffUntil: null,
    disqualifier: null,
    accepted: null,
    rejected: null,
    tags: [],
    tasksGiven: false,
    tracks: {},
    deadlines: [],
  };
}
