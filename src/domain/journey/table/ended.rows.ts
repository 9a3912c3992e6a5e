import { COMMANDS, FACTS, type Command, type Fact } from '../inputs.js';
import type { Refusal } from '../refusals.js';
import {
  FEEDBACK,
  FEEDBACK_ON_REJECTED,
  NO_LOOKS,
  NO_MERGING,
  NO_MIGRATION,
  NO_PAST,
  NO_TIMERS,
  NOTHING,
  PAST,
  PLACED_SDR,
  RECORD,
  TAGS,
  refuse,
  type Cell,
  type StageRow,
} from './cell.js';

const everyCommand = (code: Refusal): Record<Command, Cell> => fromKeys(COMMANDS, () => refuse(code));

/** A person reopens an ended journey with a reason: back to nurture, without a cool-off. */
const REOPEN: Cell = [
  { when: ['mayWork'], moves: ['reopen', 'toNurture'], to: ['nurture'] },
  { refuse: 'not_yours' },
];

/** So does a lead that raises its hand, unless a disqualifier applies. */
const REOPEN_BY_HAND_RAISER: Cell = [
  { when: ['disqualifierApplies'], moves: ['record'], to: 'same' },
  { when: ['triggerMustHaveFailed'], moves: ['record'], to: 'same' },
  { when: ['triggerOfEnded'], moves: ['record'], to: 'same' },
  { moves: ['reopen', 'enterAdvanced', 'startSdrHandOff'], to: PLACED_SDR },
];

const ENDED = {
  ...everyCommand('not_open'),
  ...fromKeys(FACTS, () => RECORD),
  ...NO_MERGING,
  ...PAST,
  ...NO_TIMERS,
  ...NO_LOOKS,
  ...NO_MIGRATION,
  reopen: REOPEN,
  hand_raised: REOPEN_BY_HAND_RAISER,
  feedback: FEEDBACK,
  tags: TAGS,
} as const satisfies StageRow;

export const ENDED_ROWS = {
  new: {
    ...everyCommand('not_captured'),
    ...fromKeys(FACTS, () => refuse('not_captured')),
    ...NO_TIMERS,
    ...NO_LOOKS,
    pending_policy: NOTHING,
    captured: [{ moves: ['capture'], to: ['inquiry'] }],
  },
  closed_won: ENDED,
  closed_lost: ENDED,
  disqualified: {
    ...ENDED,
    feedback: FEEDBACK_ON_REJECTED,
    dispute: [
      { when: ['wasRejected', 'isManager'], moves: ['reviewDispute'], to: ['review'] },
      { when: ['isManager'], refuse: 'not_rejected' },
      { refuse: 'role_not_allowed' },
    ],
  },
  merged: {
    ...everyCommand('merged'),
    ...fromKeys(FACTS, () => RECORD),
    ...NO_TIMERS,
    ...NO_LOOKS,
    ...NO_MIGRATION,
    ...NO_PAST,
    captured: refuse('already_captured'),
  },
} as const satisfies Record<string, StageRow>;

function fromKeys<K extends Command | Fact>(keys: readonly K[], cell: () => Cell): Record<K, Cell> {
  return Object.fromEntries(keys.map((key) => [key, cell()])) as Record<K, Cell>;
}
