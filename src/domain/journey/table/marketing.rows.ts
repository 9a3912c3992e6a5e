import {
  DISQUALIFY,
  FAILED_DELIVERY,
  FEEDBACK_ON_REJECTED,
  MIGRATE,
  NOTE_CRITERION,
  NO_LOOKS,
  NO_MERGING,
  NO_PAST,
  NO_TIMERS,
  PAST,
  PLACED_SDR,
  RECORD,
  RECYCLE,
  TAGS,
  refuse,
  type Alternative,
  type Cell,
  type StageRow,
} from './cell.js';
import type { Guard } from '../guards.js';
import type { Move } from '../moves/index.js';

/** By hand, with the policy's leave; bypasses threshold, review and cool-off, but no must-have. */
const handOffByHand = (first: readonly Move[]): Cell => [
  { when: ['poolAllowed', 'mayHandOff', 'mustHaveFailed'], refuse: 'must_have_failed' },
  {
    when: ['poolAllowed', 'mayHandOff'],
    moves: [...first, 'enterAdvanced', 'startSdrHandOff'],
    to: PLACED_SDR,
  },
  { when: ['mayHandOff'], refuse: 'pool_not_allowed' },
  { refuse: 'role_not_allowed' },
];

/** What holds a trigger back unless it says otherwise. */
const HELD_BACK: readonly Alternative[] = [
  { when: ['triggerMustHaveFailed'], moves: ['record'], to: 'same' },
  { when: ['triggerBelowThreshold'], moves: ['record'], to: 'same' },
  { when: ['triggerMismatched'], moves: ['reviewMismatch'], to: ['review'] },
  { when: ['triggerTooOften'], moves: ['reviewRecycleLimit'], to: ['review'] },
];
const HELD_BACK_IN_NURTURE: readonly Alternative[] = [
  { when: ['triggerCoolsOff'], moves: ['record'], to: 'same' },
  ...HELD_BACK,
];
const HELD_BACK_IN_REVIEW: readonly Alternative[] = [
  { when: ['triggerMustHaveFailed'], moves: ['record'], to: 'same' },
  { when: ['triggerUnderReview'], moves: ['record'], to: 'same' },
];

/** A hand-raiser starts a hand-off at once, whatever must-have it fails; disqualifiers still apply. */
const handRaised = (first: readonly Move[], held: readonly Alternative[] = HELD_BACK): Cell => [
  { when: ['disqualifierApplies'], moves: [...first, 'disqualify'], to: ['disqualified'] },
  ...held,
  { moves: [...first, 'enterAdvanced', 'startSdrHandOff'], to: PLACED_SDR },
];

/** What enrichment may yet tell is waited for where the lead would be handed off by itself. */
const waitThen = (first: readonly Move[], by: Guard, start: Move): readonly Alternative[] => [
  {
    when: [by, 'automatic', 'mustHavesHold', 'contentMissing'],
    moves: [...first, 'awaitContent'],
    to: ['mql.advanced'],
  },
  { when: [by, 'automatic', 'mustHavesHold'], moves: [...first, start], to: PLACED_SDR },
];

const TO_HAND_OFF_BY_SCORE: readonly Alternative[] = [
  { when: ['fitsAlone', 'recycledTooOften'], moves: ['reviewRecycleLimit'], to: ['review'] },
  ...waitThen(['enterAdvanced'], 'fitsAlone', 'startFitHandOff'),
  { when: ['mismatched'], moves: ['reviewMismatch'], to: ['review'] },
  { when: ['reachesAdvanced', 'recycledTooOften'], moves: ['reviewRecycleLimit'], to: ['review'] },
  ...waitThen(['enterAdvanced'], 'reachesAdvanced', 'startSdrHandOff'),
  { when: ['reachesAdvanced'], moves: ['enterAdvanced'], to: ['mql.advanced'] },
];

/** The way up by score, for a lead that is not yet an early MQL. */
const UP_BY_SCORE: readonly Alternative[] = [
  ...TO_HAND_OFF_BY_SCORE,
  { when: ['reachesMql'], moves: ['enterEarly'], to: ['mql.early'] },
];

/** What sales cannot do with a lead that nobody has handed over. */
const NOT_WITH_SALES = {
  accept: refuse('no_hand_off'),
  decline: refuse('no_hand_off'),
  reject: refuse('no_hand_off'),
  first_response: refuse('no_hand_off'),
  follow_up: refuse('no_hand_off'),
  reassign: refuse('no_hand_off'),
  claim: refuse('not_claimable'),
  qualify: refuse('not_accepted'),
  opportunity: refuse('not_qualified'),
  won: refuse('not_qualified'),
  lost: refuse('not_qualified'),
  feedback: refuse('not_accepted'),
  reopen: refuse('not_ended'),
} as const satisfies Partial<StageRow>;

const OPEN_AT_MARKETING = {
  ...NO_MERGING,
  ...PAST,
  ...NO_TIMERS,
  ...NO_LOOKS,
  ...MIGRATE,
  ...NOT_WITH_SALES,
  hand_off: handOffByHand([]),
  qualification: NOTE_CRITERION,
  disqualify: DISQUALIFY,
  recycle: RECYCLE,
  review: refuse('not_in_review'),
  dispute: refuse('not_rejected'),
  tags: TAGS,
  hand_raised: handRaised([]),
  disqualifier_found: [{ moves: ['disqualify'], to: ['disqualified'] }],
  meeting_booked: RECORD,
  meeting_held: RECORD,
  meeting_no_show: RECORD,
  meeting_rescheduled: RECORD,
  sales_activity: RECORD,
  delivery_failed: FAILED_DELIVERY,
} as const satisfies StageRow;

/** An MQL without a hand-off cools when its lead does nothing. */
const MQL_INACTIVITY: Cell = [{ when: ['inactive'], moves: ['rest'], to: ['nurture'] }, { nothing: true }];

export const MARKETING_ROWS = {
  inquiry: {
    ...OPEN_AT_MARKETING,
    score: [{ when: ['inactive'], nothing: true }, ...UP_BY_SCORE, { nothing: true }],
  },
  'mql.early': {
    ...OPEN_AT_MARKETING,
    score: [
      { when: ['inactive'], nothing: true },
      ...TO_HAND_OFF_BY_SCORE,
      { when: ['belowMqlDemotion'], moves: ['coolDown'], to: ['nurture'] },
      { nothing: true },
    ],
    inactivity: MQL_INACTIVITY,
  },
  'mql.advanced': {
    ...OPEN_AT_MARKETING,
    score: [
      { when: ['inactive'], nothing: true },
      { when: ['offerAsked', 'mustHavesHold'], moves: ['startSdrHandOff'], to: PLACED_SDR },
      { when: ['waits', 'fitsAlone', 'automatic', 'mustHavesHold', 'contentMissing'], nothing: true },
      ...waitThen([], 'fitsAlone', 'startFitHandOff'),
      { when: ['belowMqlDemotion'], moves: ['coolDown'], to: ['nurture'] },
      { when: ['belowAdvancedDemotion'], moves: ['enterEarly'], to: ['mql.early'] },
      { when: ['waits', 'automatic', 'mustHavesHold', 'contentMissing'], nothing: true },
      { when: ['waits', 'automatic', 'mustHavesHold'], moves: ['startSdrHandOff'], to: PLACED_SDR },
      ...waitThen([], 'reachesAdvanced', 'startSdrHandOff'),
      { nothing: true },
    ],
    inactivity: MQL_INACTIVITY,
    // The wait is over, and what is missing stays so: the row says it.
    'timer.enrichment': [
      { when: ['inactive'], moves: ['stopWaiting'], to: 'same' },
      { when: ['mustHaveFailed'], moves: ['stopWaiting'], to: 'same' },
      { when: ['automatic', 'fitsAlone'], moves: ['startFitHandOff'], to: PLACED_SDR },
      { when: ['belowAdvancedDemotion'], moves: ['stopWaiting'], to: 'same' },
      { when: ['automatic'], moves: ['startSdrHandOff'], to: PLACED_SDR },
      { moves: ['stopWaiting'], to: 'same' },
    ],
  },
  nurture: {
    ...OPEN_AT_MARKETING,
    score: [
      { when: ['disqualifierNoted'], moves: ['disqualify'], to: ['disqualified'] },
      { when: ['coolingOff'], nothing: true },
      { when: ['inactive'], nothing: true },
      ...UP_BY_SCORE,
      { nothing: true },
    ],
    'timer.cool_off': [
      { when: ['inactive'], moves: ['endCoolOff'], to: 'same' },
      ...UP_BY_SCORE,
      { moves: ['endCoolOff'], to: 'same' },
    ],
    hand_raised: handRaised([], HELD_BACK_IN_NURTURE),
    recycle: refuse('in_nurture'),
    feedback: FEEDBACK_ON_REJECTED,
    dispute: [
      { when: ['wasRejected', 'isManager'], moves: ['reviewDispute'], to: ['review'] },
      { when: ['isManager'], refuse: 'not_rejected' },
      { refuse: 'role_not_allowed' },
    ],
  },
  review: {
    ...OPEN_AT_MARKETING,
    ...NO_PAST,
    hand_off: handOffByHand(['closeReview']),
    hand_raised: handRaised(['closeReview'], HELD_BACK_IN_REVIEW),
    disqualifier_found: [{ moves: ['closeReview', 'disqualify'], to: ['disqualified'] }],
    recycle: refuse('in_review'),
    dispute: refuse('in_review'),
    disqualify: refuse('in_review'),
    review: [
      { when: ['isManager', 'decidesHandOff', 'mustHaveFailed'], refuse: 'must_have_failed' },
      {
        when: ['isManager', 'decidesHandOff'],
        moves: ['closeReview', 'enterAdvanced', 'startSdrHandOff'],
        to: PLACED_SDR,
      },
      { when: ['isManager', 'decidesNurture'], moves: ['closeReview', 'recycle'], to: ['nurture'] },
      {
        when: ['isManager', 'decidesDisqualify'],
        moves: ['closeReview', 'disqualify'],
        to: ['disqualified'],
      },
      { when: ['isManager'], moves: ['closeReview', 'returnByScore'], to: ['inquiry', 'mql.early'] },
      { refuse: 'role_not_allowed' },
    ],
    'timer.review': [
      { when: ['decidesNurture'], moves: ['closeReview', 'recycle'], to: ['nurture'] },
      { when: ['decidesDisqualify'], moves: ['closeReview', 'disqualify'], to: ['disqualified'] },
      // Back by score would only lead to the same reps again.
      { when: ['nobodyAccepted'], moves: ['closeReview', 'recycle'], to: ['nurture'] },
      { moves: ['closeReview', 'returnByScore'], to: ['inquiry', 'mql.early'] },
    ],
  },
} as const satisfies Record<string, StageRow>;
