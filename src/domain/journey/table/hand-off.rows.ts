import {
  CRITERION_AT_SALES,
  DISQUALIFY,
  FAILED_DELIVERY,
  FEEDBACK,
  FOLLOW_UP,
  MIGRATE_LATER,
  NAMED_REP,
  NOTE_CRITERION,
  NO_LOOKS,
  NO_MERGING,
  NO_PAST,
  NO_TIMERS,
  PLACED_AE,
  PLACED_SDR,
  RECORD,
  RECYCLE,
  SALES_INACTIVITY,
  TAGS,
  refuse,
  type Cell,
  type StageRow,
} from './cell.js';
import type { Move } from '../moves/index.js';
import type { Situation } from '../situation.js';

/** What a rep hears who does not hold the lead. */
const NOT_YOURS: Cell = [
  { when: ['isManager'], refuse: 'role_not_allowed' },
  { when: ['wasExcluded'], refuse: 'too_late' },
  { refuse: 'not_yours' },
];

const REJECT: Cell = [
  { when: ['mayWork', 'reasonUnknown'], refuse: 'unknown_reason' },
  {
    when: ['mayWork', 'reasonDisqualifies'],
    moves: ['reject', 'closeAsDisqualified', 'disqualify'],
    to: ['disqualified'],
  },
  { when: ['mayWork'], moves: ['reject', 'recycle'], to: ['nurture'] },
  { when: ['wasExcluded'], refuse: 'too_late' },
  { refuse: 'not_yours' },
];

const decline = (placed: readonly Situation[], escalated: Situation): Cell => [
  { when: ['isHolder', 'reasonUnknown'], refuse: 'unknown_reason' },
  { when: ['isHolder', 'attemptsLeft'], moves: ['decline'], to: placed },
  { when: ['isHolder'], moves: ['declineAndEscalate'], to: [escalated] },
  ...NOT_YOURS,
];

const reassign = (placed: readonly Situation[], given: readonly Situation[]): Cell => [
  ...NAMED_REP,
  { when: ['isManager', 'repNamed'], moves: ['giveToNamed'], to: given },
  { when: ['isManager'], moves: ['giveToNext'], to: placed },
  { refuse: 'role_not_allowed' },
];

/** The same where a rep has the offer already. */
const reassignHeld = (placed: readonly Situation[], given: readonly Situation[]): Cell => [
  { when: ['isManager', 'repNamed', 'repHasOffer'], refuse: 'already_owner' },
  ...reassign(placed, given),
];

/** Whoever is free takes what nobody has. */
const claim = (to: Situation): Cell => [
  { when: ['isRep', 'wasExcluded'], refuse: 'too_late' },
  { when: ['isRep', 'repUnknown'], refuse: 'unknown_rep' },
  { when: ['isRep', 'repInactive'], refuse: 'rep_inactive' },
  { when: ['isRep', 'repAtCap'], refuse: 'rep_at_cap' },
  { when: ['isRep'], moves: ['accept'], to: [to] },
  { refuse: 'role_not_allowed' },
];

const acceptanceTimer = (placed: readonly Situation[], escalated: Situation): Cell => [
  { when: ['stepReminds'], moves: ['remind'], to: 'same' },
  { when: ['stepAlerts'], moves: ['alertManager'], to: 'same' },
  { when: ['stepReassigns', 'attemptsLeft'], moves: ['lapse'], to: placed },
  { moves: ['lapseAndEscalate'], to: [escalated] },
];

/** The customer waits while nobody has the lead: the manager hears it. */
const FIRST_RESPONSE_UNHELD: Cell = [
  { when: ['stepReminds'], moves: ['remind'], to: 'same' },
  { moves: ['alertManager'], to: 'same' },
];

const FIRST_RESPONSE_HELD: Cell = [
  { when: ['stepReminds'], moves: ['remind'], to: 'same' },
  { when: ['stepAlerts'], moves: ['alertManager'], to: 'same' },
  { when: ['stepReassigns', 'attemptsLeft'], moves: ['lapse'], to: PLACED_SDR },
  { moves: ['lapseAndEscalate'], to: ['mql.escalated'] },
];

const QUEUE_TIMER: Cell = [{ moves: ['remindOfQueue'], to: 'same' }];

const GIVEN_SDR: readonly Situation[] = ['mql.offered', 'mql.assigned'];

const HAND_OFF_OPEN = {
  ...NO_MERGING,
  ...NO_PAST,
  ...NO_TIMERS,
  ...NO_LOOKS,
  ...MIGRATE_LATER,
  hand_off: refuse('hand_off_open'),
  accept: NOT_YOURS,
  decline: NOT_YOURS,
  reject: REJECT,
  first_response: NOT_YOURS,
  follow_up: refuse('not_accepted'),
  qualification: NOTE_CRITERION,
  recycle: RECYCLE,
  disqualify: DISQUALIFY,
  claim: refuse('not_claimable'),
  review: refuse('not_in_review'),
  dispute: refuse('not_rejected'),
  reopen: refuse('not_ended'),
  tags: TAGS,
  hand_raised: [{ moves: ['raiseHand'], to: 'same' }],
  meeting_booked: RECORD,
  meeting_held: RECORD,
  meeting_no_show: RECORD,
  meeting_rescheduled: RECORD,
  sales_activity: RECORD,
  delivery_failed: FAILED_DELIVERY,
} as const satisfies Partial<StageRow>;

const FIRST = {
  ...HAND_OFF_OPEN,
  qualify: refuse('not_accepted'),
  opportunity: refuse('not_qualified'),
  won: refuse('not_qualified'),
  lost: refuse('not_qualified'),
  feedback: refuse('not_accepted'),
  hand_raised: [
    { when: ['disqualifierApplies'], moves: ['closeAsDisqualified', 'disqualify'], to: ['disqualified'] },
    { moves: ['raiseHand'], to: 'same' },
  ],
  reassign: reassign(PLACED_SDR, GIVEN_SDR),
  disqualifier_found: [{ moves: ['closeAsDisqualified', 'disqualify'], to: ['disqualified'] }],
  'timer.first_response': FIRST_RESPONSE_UNHELD,
} as const satisfies StageRow;

const CONTACT_BY_HOLDER: Cell = [
  { when: ['isHolder'], moves: ['accept', 'respond'], to: ['sal'] },
  ...RECORD,
];

/** Accepting and responding: responding implies acceptance. */
const HELD_FIRST = {
  accept: [{ when: ['isHolder'], moves: ['accept'], to: ['sal'] }, ...NOT_YOURS],
  first_response: [{ when: ['isHolder'], moves: ['accept', 'respond'], to: ['sal'] }, ...NOT_YOURS],
  decline: decline(PLACED_SDR, 'mql.escalated'),
  reassign: reassignHeld(PLACED_SDR, GIVEN_SDR),
  sales_activity: CONTACT_BY_HOLDER,
  meeting_booked: CONTACT_BY_HOLDER,
  meeting_held: CONTACT_BY_HOLDER,
  'timer.first_response': FIRST_RESPONSE_HELD,
} as const satisfies Partial<StageRow>;

const GIVEN_AE: readonly Situation[] = ['sql.offered', 'sql'];

/** The SDR has accepted long ago; the open offer is somebody else's. */
const ACCEPT_BY_SDR: Cell = [{ when: ['isOwner'], refuse: 'already_accepted' }, ...NOT_YOURS];

const SECOND = {
  ...HAND_OFF_OPEN,
  qualify: refuse('already_qualified'),
  opportunity: refuse('hand_off_open'),
  won: refuse('hand_off_open'),
  lost: refuse('hand_off_open'),
  accept: ACCEPT_BY_SDR,
  feedback: FEEDBACK,
  first_response: [{ when: ['isOwner'], moves: ['respond', 'touch'], to: 'same' }, ...NOT_YOURS],
  follow_up: FOLLOW_UP,
  reassign: reassign(PLACED_AE, GIVEN_AE),
  qualification: CRITERION_AT_SALES,
  disqualifier_found: [{ moves: ['noteDisqualifier'], to: 'same' }],
  meeting_no_show: [{ moves: ['touch'], to: 'same' }],
  meeting_booked: [{ moves: ['touch'], to: 'same' }],
  meeting_held: [{ moves: ['touch'], to: 'same' }],
  meeting_rescheduled: [{ moves: ['touch'], to: 'same' }],
  sales_activity: [{ moves: ['touch'], to: 'same' }],
  'timer.sales_inactivity': SALES_INACTIVITY,
} as const satisfies StageRow;

const POOL_WAKE = (placed: readonly Situation[]): Cell => [{ moves: ['place'], to: placed }];

/** The offered account executive closes or opens the deal at once: that implies acceptance. */
const byOffered = (moves: readonly Move[], to: Situation): Cell => [
  { when: ['isHolder'], moves: ['accept', ...moves], to: [to] },
  { refuse: 'hand_off_open' },
];

export const HAND_OFF_ROWS = {
  'mql.queued': {
    ...FIRST,
    claim: claim('sal'),
    pool_wake: POOL_WAKE(PLACED_SDR),
    'timer.first_response': [
      { when: ['stepEscalates'], moves: ['alertManager', 'escalate'], to: ['mql.escalated'] },
      ...FIRST_RESPONSE_UNHELD,
    ],
    'timer.escalation': QUEUE_TIMER,
  },
  'mql.offered': {
    ...FIRST,
    ...HELD_FIRST,
    'timer.acceptance': acceptanceTimer(PLACED_SDR, 'mql.escalated'),
  },
  'mql.assigned': { ...FIRST, ...HELD_FIRST },
  'mql.escalated': {
    ...FIRST,
    claim: claim('sal'),
    'timer.escalation': [{ moves: ['reviewNobodyAccepted'], to: ['review'] }],
  },
  'sql.queued': {
    ...SECOND,
    claim: claim('sql'),
    pool_wake: POOL_WAKE(PLACED_AE),
    'timer.escalation': QUEUE_TIMER,
  },
  'sql.offered': {
    ...SECOND,
    accept: [{ when: ['isHolder'], moves: ['accept'], to: ['sql'] }, ...ACCEPT_BY_SDR],
    first_response: [
      { when: ['isHolder'], moves: ['accept', 'respond'], to: ['sql'] },
      ...SECOND.first_response,
    ],
    decline: decline(PLACED_AE, 'sql.escalated'),
    reassign: reassignHeld(PLACED_AE, GIVEN_AE),
    opportunity: byOffered(['enterOpportunity'], 'opportunity'),
    won: byOffered(['win'], 'closed_won'),
    lost: [
      { when: ['isHolder', 'reasonUnknown'], refuse: 'unknown_reason' },
      { when: ['isHolder', 'lossIsFinal'], moves: ['accept', 'lose'], to: ['closed_lost'] },
      { when: ['isHolder'], moves: ['accept', 'lose', 'recycle'], to: ['nurture'] },
      { refuse: 'hand_off_open' },
    ],
    'timer.acceptance': acceptanceTimer(PLACED_AE, 'sql.escalated'),
  },
  'sql.escalated': {
    ...SECOND,
    claim: claim('sql'),
    'timer.escalation': [{ moves: ['keepWithSdr'], to: ['sql'] }],
  },
} as const satisfies Record<string, StageRow>;
