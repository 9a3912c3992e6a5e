import type { Guard } from '../guards.js';
import type { InputKind } from '../inputs.js';
import type { ClockName } from '../journey.js';
import type { Move } from '../moves/index.js';
import type { Refusal } from '../refusals.js';
import type { Situation } from '../situation.js';

/** The columns of the stage table: every input, timers by their clock. */
export type Column = Exclude<InputKind, 'timer'> | `timer.${ClockName}`;

/** Guards that must all hold. */
type When = { readonly when?: readonly Guard[] };

/** What one input may do in one situation. The first alternative whose guards all hold is taken. */
export type Alternative =
  | (When & { readonly moves: readonly Move[]; readonly to: readonly Situation[] | 'same' })
  | (When & { readonly refuse: Refusal })
  /** A look or a stale timer that changes nothing: no row. */
  | (When & { readonly nothing: true });

/** The last alternative has no guards, so that a cell always has an answer. */
export type Cell = readonly Alternative[];
export type StageRow = Readonly<Record<Column, Cell>>;

export const refuse = (code: Refusal): Cell => [{ refuse: code }];
export const NOTHING: Cell = [{ nothing: true }];
/** The row says that it happened; nothing changes. */
export const RECORD: Cell = [{ moves: ['record'], to: 'same' }];

/** Where the first hand-off can put a lead, and the second. */
export const PLACED_SDR: readonly Situation[] = ['mql.offered', 'mql.assigned', 'mql.queued'];
export const PLACED_AE: readonly Situation[] = ['sql.offered', 'sql', 'sql.queued'];

/** Clocks that do not run here: their timers are stale. */
export const NO_TIMERS = {
  'timer.acceptance': NOTHING,
  'timer.first_response': NOTHING,
  'timer.escalation': NOTHING,
  'timer.sales_inactivity': NOTHING,
  'timer.cool_off': NOTHING,
  'timer.review': NOTHING,
  'timer.enrichment': NOTHING,
} as const satisfies Partial<StageRow>;

export const NO_LOOKS = {
  score: NOTHING,
  inactivity: NOTHING,
  pool_wake: NOTHING,
} as const satisfies Partial<StageRow>;

export const NO_MERGING = {
  captured: refuse('already_captured'),
  merge: refuse('not_available'),
  split: refuse('not_available'),
} as const satisfies Partial<StageRow>;

/** Where a recorded past can put a lead. */
const HISTORIC: readonly Situation[] = [
  'inquiry',
  'mql.early',
  'mql.advanced',
  'sal',
  'sql',
  'opportunity',
  'nurture',
  'closed_won',
  'closed_lost',
  'disqualified',
];

/** An import writes a lead's past, then lets its journey go on. */
export const PAST = {
  history_recorded: [
    { when: ['recordsHistory'], moves: ['recordHistory'], to: HISTORIC },
    { refuse: 'history_closed' },
  ],
  journey_resumed: [
    { when: ['recordsHistory'], moves: ['resume'], to: 'same' },
    { refuse: 'history_closed' },
  ],
} as const satisfies Partial<StageRow>;

/** No past leads here. */
export const NO_PAST = {
  history_recorded: refuse('history_closed'),
  journey_resumed: refuse('history_closed'),
} as const satisfies Partial<StageRow>;

/** A migration to another policy; while a hand-off is open it waits, so that nobody's rules change under him. */
export const MIGRATE = {
  policy_migrated: [
    { when: ['policyKept'], nothing: true },
    { moves: ['migrate'], to: 'same' },
  ],
  pending_policy: [{ when: ['policyPending'], moves: ['migratePending'], to: 'same' }, { nothing: true }],
} as const satisfies Partial<StageRow>;
export const MIGRATE_LATER = {
  policy_migrated: [
    { when: ['policyKept'], nothing: true },
    { moves: ['deferMigration'], to: 'same' },
  ],
  pending_policy: NOTHING,
} as const satisfies Partial<StageRow>;
/** Nothing is decided here any more. */
export const NO_MIGRATION = {
  policy_migrated: NOTHING,
  pending_policy: NOTHING,
} as const satisfies Partial<StageRow>;

export const TAGS: Cell = [{ moves: ['setTags'], to: 'same' }];

/** Sets a criterion; before sales works the lead, a lost one has no consequence. */
export const NOTE_CRITERION: Cell = [
  { when: ['mayWork', 'criterionUnknown'], refuse: 'unknown_criterion' },
  { when: ['mayWork'], moves: ['setCriterion'], to: 'same' },
  { refuse: 'not_yours' },
];

export const DISQUALIFY: Cell = [
  { when: ['mayWork', 'reasonUnknown'], refuse: 'unknown_reason' },
  { when: ['mayWork'], moves: ['closeAsDisqualified', 'disqualify'], to: ['disqualified'] },
  { refuse: 'not_yours' },
];

export const RECYCLE: Cell = [
  { when: ['mayWork', 'reasonUnknown'], refuse: 'unknown_reason' },
  { when: ['mayWork'], moves: ['recycle'], to: ['nurture'] },
  { refuse: 'not_yours' },
];

export const FAILED_DELIVERY: Cell = [{ moves: ['tellOfFailedDelivery'], to: 'same' }];

/** A rep whom a manager names must exist, be active and have room. */
export const NAMED_REP: Cell = [
  { when: ['isManager', 'repNamed', 'repUnknown'], refuse: 'unknown_rep' },
  { when: ['isManager', 'repNamed', 'repInactive'], refuse: 'rep_inactive' },
  { when: ['isManager', 'repNamed', 'repAtCap'], refuse: 'rep_at_cap' },
];

/** From SAL on, losing a criterion that the policy requires sends the lead back. */
export const CRITERION_AT_SALES: Cell = [
  { when: ['mayWork', 'criterionUnknown'], refuse: 'unknown_criterion' },
  { when: ['mayWork', 'requiredCriterionLost'], moves: ['setCriterion', 'recycle'], to: ['nurture'] },
  { when: ['mayWork'], moves: ['setCriterion', 'touch'], to: 'same' },
  { refuse: 'not_yours' },
];

/** No sales activity for too long sends the lead back, after a warning to its owner. */
export const SALES_INACTIVITY: Cell = [
  { when: ['stepRecycles'], moves: ['recycle'], to: ['nurture'] },
  { when: ['stepAlerts'], moves: ['alertManager'], to: 'same' },
  { moves: ['warnOfCold'], to: 'same' },
];

/** Whoever works or worked the lead says how it was. */
export const FEEDBACK: Cell = [{ when: ['mayWork'], moves: ['record'], to: 'same' }, { refuse: 'not_yours' }];

/** Feedback on a lead that sales rejected: its rep holds it no more. */
export const FEEDBACK_ON_REJECTED: Cell = [
  { when: ['wasRejected'], moves: ['record'], to: 'same' },
  { refuse: 'not_accepted' },
];

export const FOLLOW_UP: Cell = [{ when: ['mayWork'], moves: ['touch'], to: 'same' }, { refuse: 'not_yours' }];
