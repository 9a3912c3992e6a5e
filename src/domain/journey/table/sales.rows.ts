import {
  CRITERION_AT_SALES,
  DISQUALIFY,
  FAILED_DELIVERY,
  FEEDBACK,
  FOLLOW_UP,
  MIGRATE,
  NAMED_REP,
  NO_LOOKS,
  NO_MERGING,
  NO_TIMERS,
  PAST,
  PLACED_AE,
  PLACED_SDR,
  RECYCLE,
  SALES_INACTIVITY,
  TAGS,
  refuse,
  type Cell,
  type StageRow,
} from './cell.js';

const ACCEPTED_ALREADY: Cell = [
  { when: ['isManager'], refuse: 'role_not_allowed' },

  { when: ['isOwner'], refuse: 'already_accepted' },
  { refuse: 'already_taken' },
];
const RESPOND: Cell = [
  { when: ['mayWork'], moves: ['respond', 'touch'], to: 'same' },
  { refuse: 'not_yours' },
];
const CONTACT: Cell = [{ moves: ['respond', 'touch'], to: 'same' }];
const TOUCH: Cell = [{ moves: ['touch'], to: 'same' }];

/** The manager names the new owner. */
const TRANSFER: Cell = [
  { when: ['isManager', 'repNamed', 'repHoldsIt'], refuse: 'already_owner' },
  ...NAMED_REP,
  { when: ['isManager', 'repNamed'], moves: ['transferOwner'], to: 'same' },
];

const WORKED = {
  ...NO_MERGING,
  ...PAST,
  ...NO_TIMERS,
  ...NO_LOOKS,
  ...MIGRATE,
  hand_off: refuse('with_sales'),
  accept: ACCEPTED_ALREADY,
  decline: ACCEPTED_ALREADY,
  claim: refuse('not_claimable'),
  reject: [
    { when: ['mayWork', 'reasonUnknown'], refuse: 'unknown_reason' },
    { when: ['mayWork', 'reasonDisqualifies'], moves: ['reject', 'disqualify'], to: ['disqualified'] },
    { when: ['mayWork'], moves: ['reject', 'recycle'], to: ['nurture'] },
    { refuse: 'not_yours' },
  ],
  first_response: RESPOND,
  follow_up: FOLLOW_UP,
  qualification: CRITERION_AT_SALES,
  recycle: RECYCLE,
  disqualify: DISQUALIFY,
  reassign: [...TRANSFER, { when: ['isManager'], refuse: 'rep_required' }, { refuse: 'role_not_allowed' }],
  review: refuse('not_in_review'),
  dispute: refuse('not_rejected'),
  reopen: refuse('not_ended'),
  feedback: FEEDBACK,
  tags: TAGS,
  hand_raised: [{ moves: ['raiseHand'], to: 'same' }],
  disqualifier_found: [{ moves: ['noteDisqualifier'], to: 'same' }],
  meeting_booked: CONTACT,
  meeting_held: CONTACT,
  meeting_no_show: TOUCH,
  meeting_rescheduled: TOUCH,
  sales_activity: CONTACT,
  delivery_failed: FAILED_DELIVERY,
  'timer.sales_inactivity': SALES_INACTIVITY,
} as const satisfies Partial<StageRow>;

const CLOSABLE = {
  qualify: refuse('already_qualified'),
  won: [{ when: ['mayWork'], moves: ['win'], to: ['closed_won'] }, { refuse: 'not_yours' }],
  lost: [
    { when: ['mayWork', 'reasonUnknown'], refuse: 'unknown_reason' },
    { when: ['mayWork', 'lossIsFinal'], moves: ['lose'], to: ['closed_lost'] },
    { when: ['mayWork'], moves: ['lose', 'recycle'], to: ['nurture'] },
    { refuse: 'not_yours' },
  ],
} as const satisfies Partial<StageRow>;

export const SALES_ROWS = {
  sal: {
    ...WORKED,
    reassign: [
      ...TRANSFER,
      { when: ['isManager'], moves: ['reopenHandOff'], to: PLACED_SDR },
      { refuse: 'role_not_allowed' },
    ],
    qualify: [
      { when: ['mayWork', 'criteriaMissing'], refuse: 'criteria_missing' },
      {
        when: ['mayWork', 'aeHandOff'],
        moves: ['respond', 'enterSql', 'touch', 'startAeHandOff'],
        to: PLACED_AE,
      },
      { when: ['mayWork'], moves: ['respond', 'enterSql', 'touch'], to: ['sql'] },
      { refuse: 'not_yours' },
    ],
    score: [
      { when: ['reachesSql', 'aeHandOff'], moves: ['enterSql', 'startAeHandOff'], to: PLACED_AE },
      { when: ['reachesSql'], moves: ['enterSql'], to: ['sql'] },
      { nothing: true },
    ],
    opportunity: refuse('not_qualified'),
    won: refuse('not_qualified'),
    lost: refuse('not_qualified'),
    'timer.first_response': [
      { when: ['stepReminds'], moves: ['remind'], to: 'same' },
      { when: ['stepReassigns', 'attemptsLeft'], moves: ['reopenHandOff'], to: PLACED_SDR },
      { when: ['stepReassigns'], moves: ['reopenAndEscalate'], to: ['mql.escalated'] },
      { when: ['stepEscalates'], moves: ['reopenAndEscalate'], to: ['mql.escalated'] },
      { moves: ['alertManager'], to: 'same' },
    ],
  },
  sql: {
    ...WORKED,
    ...CLOSABLE,
    opportunity: [
      { when: ['mayWork'], moves: ['enterOpportunity', 'touch'], to: ['opportunity'] },
      { refuse: 'not_yours' },
    ],
  },
  opportunity: { ...WORKED, ...CLOSABLE, opportunity: refuse('already_opportunity') },
} as const satisfies Record<string, StageRow>;
