import type { Actor, InputKind } from '../../../src/domain/journey/inputs.js';
import type { Column } from '../../../src/domain/journey/table/cell.js';
import { DAY } from '../../../src/domain/time.js';
import { BYPASSES } from '../../../src/domain/policy/policy.schema.js';
import {
  withPolicy,
  withoutAe,
  aeAssigned,
  withTrigger,
  fitAlone,
  byHandOnly,
  nobodyFree,
  recycledTwice,
  cooledOff,
  noAttemptsLeft,
  both,
  CURRENT,
  OTHER,
  waitingFor,
  overdueAlready,
} from './circumstances.js';
import { timerVariations } from './timer-variations.js';
import { given, type Variation } from './variation.js';
import {
  CONTENT_LOOKS,
  COOLED_OFF,
  FAILED_BY_HAND,
  FAILED_REVIEW,
  FAILED_TRIGGERS,
  WAIT_OVER,
} from './content-variations.js';
import { PAST_VARIATIONS, toBeOffered } from './past-variations.js';
import { ADMIN, asRep, score, SYSTEM, type Given, type Run } from './run.js';

const holder = (run: Run): Actor =>
  asRep(run.journey.handOff?.rep ?? run.journey.owners.ae ?? run.journey.owners.sdr ?? 'ana');
const owner = (run: Run): Actor => asRep(run.journey.owners.ae ?? run.journey.owners.sdr ?? 'ana');
/** A rep who had the lead in this hand-off and let it lapse. */
const GUS = asRep('gus');
const excludeGus = (run: Run): void => {
  const { handOff } = run.journey;
  if (handOff !== null) run.journey = { ...run.journey, handOff: { ...handOff, excluded: ['gus'] } };
};
const STRANGER = asRep('zoe');

/** A command sent by every sort of person, with each body. */
function byAll<K extends InputKind>(kind: K, bodies: readonly Given<K>['body'][]): Variation[] {
  const people: [string, (run: Run) => Actor][] = [
    ['manager', () => ADMIN],
    ['holder', holder],
    ['owner', owner],
    ['excluded', () => GUS],
    ['stranger', () => STRANGER],
  ];
  return bodies.flatMap((body) =>
    people.map(([who, actor]) => ({
      name: `${who} ${JSON.stringify(body)}`,
      ...(who === 'excluded' ? { prepare: excludeGus } : {}),
      input: (run: Run) => given({ kind, body, actor: actor(run) }),
    })),
  );
}

const fact = <K extends InputKind>(kind: K, body: Given<K>['body'], actor: Actor = SYSTEM): Variation => ({
  name: JSON.stringify(body),
  input: () => given({ kind, body, actor }),
});

const stillCooling: Variation = {
  name: 'before the cool-off ends',
  input: () => given({ kind: 'score', body: {}, score: score(70) }),
};
const silent: Variation = {
  name: 'silent for long',
  prepare: cooledOff,
  input: (run) => given({ kind: 'score', body: {}, score: score(70, 70, 70, 2, run.at - 91 * DAY) }),
};
const noted: Variation = {
  name: 'with a noted disqualifier',
  prepare: (run) => {
    run.journey = { ...run.journey, disqualifier: 'student' };
  },
  input: () => given({ kind: 'score', body: {}, score: score(70) }),
};

const looks: Variation[] = [
  [5, 5, 5],
  [45, 45, 45],
  [52, 52, 52],
  [60, 60, 60],
  [70, 70, 70],
  [50, 95, 2],
].flatMap(([total = 0, explicit = 0, implicit = 0]) =>
  (
    [
      ['', undefined],
      ['by hand only', byHandOnly],
      ['by hand only, cooled off', both(byHandOnly, cooledOff)],
      ['recycled twice', recycledTwice],
      ['cooled off', cooledOff],
      ['recycled twice, cooled off', both(recycledTwice, cooledOff)],
      ['nobody free', nobodyFree],
      ['fit alone is enough', fitAlone],
      ['fit alone is enough, cooled off', both(fitAlone, cooledOff)],
      ['fit alone is enough, recycled twice, cooled off', both(fitAlone, both(recycledTwice, cooledOff))],
      ['no second hand-off, SQL by score', both(fitAlone, withoutAe)],
    ] as const
  ).map(([name, prepare]) => ({
    name: `${total}/${explicit}/${implicit} ${name}`.trim(),
    ...(prepare === undefined ? {} : { prepare }),
    input: () => given({ kind: 'score', body: {}, score: score(total, explicit, implicit, 2) }),
  })),
);

const CONFIRMED = { answer: 'confirmed', confidence: null, by: 'ana', at: 0 } as const;

export const VARIATIONS: Readonly<Record<Column, readonly Variation[]>> = {
  captured: [fact('captured', { policy: 'policy-1', source: null, campaign: null })],
  ...PAST_VARIATIONS,
  hand_raised: [
    fact('hand_raised', { event: 'demo_request', disqualifier: null, trigger: null }),
    fact('hand_raised', { event: 'demo_request', disqualifier: 'competitor', trigger: null }),
    {
      ...fact('hand_raised', { event: 'demo_request', disqualifier: null, trigger: null }),
      name: 'nobody free',
      prepare: nobodyFree,
    },
    ...[5, 60, 70].flatMap((total) =>
      (
        [
          ['', (): void => undefined],
          ['recycled twice', recycledTwice],
          ['cooled off', cooledOff],
          ['recycled twice, cooled off', both(recycledTwice, cooledOff)],
        ] as const
      ).map(([name, prepare]) => ({
        name: `a trigger at ${total} ${name}`.trim(),
        prepare: both(withTrigger, prepare),
        input: () =>
          given({
            kind: 'hand_raised',
            body: { event: 'trial', disqualifier: null, trigger: 'trial' },
            score: score(total),
          }),
      })),
    ),
    ...[withTrigger, both(withTrigger, cooledOff)].map((prepare, i) => ({
      name: `a trigger of a mismatched lead${i === 0 ? '' : ', cooled off'}`,
      prepare,
      input: () =>
        given({
          kind: 'hand_raised',
          body: { event: 'trial', disqualifier: null, trigger: 'trial' },
          score: score(50, 95, 2, 2),
        }),
    })),
    {
      name: 'a trigger that bypasses everything',
      prepare: withPolicy((policy) => ({
        ...policy,
        triggers: [{ id: 'trial', event: 'trial', bypasses: [...BYPASSES], pool: 'vip' }],
      })),
      input: () =>
        given({ kind: 'hand_raised', body: { event: 'trial', disqualifier: null, trigger: 'trial' } }),
    },
    ...FAILED_TRIGGERS,
  ],
  policy_migrated: [
    fact('policy_migrated', CURRENT),
    { ...fact('policy_migrated', CURRENT), name: 'back, before it was done', prepare: waitingFor(OTHER) },
    fact('policy_migrated', OTHER),
    { ...fact('policy_migrated', OTHER), name: 'overdue by now', prepare: overdueAlready },
  ],
  pending_policy: [
    fact('pending_policy', {}),
    { ...fact('pending_policy', {}), name: 'another one', prepare: waitingFor(OTHER) },
    { ...fact('pending_policy', {}), name: 'the same one', prepare: waitingFor(CURRENT) },
  ],
  disqualifier_found: [fact('disqualifier_found', { reason: 'competitor' })],
  meeting_booked: byAll('meeting_booked', [{}]),
  meeting_held: byAll('meeting_held', [{}]),
  meeting_no_show: [fact('meeting_no_show', {})],
  meeting_rescheduled: [fact('meeting_rescheduled', {})],
  sales_activity: byAll('sales_activity', [{ channel: 'call' }]),
  delivery_failed: [fact('delivery_failed', { delivery: 'd-1', about: 'offered' })],
  hand_off: [
    ...byAll('hand_off', [
      { reason: 'event', pool: null },
      { reason: 'event', pool: 'vip' },
      { reason: 'event', pool: 'nope' },
    ]),
    { ...fact('hand_off', { reason: 'event', pool: null }, ADMIN), name: 'nobody free', prepare: nobodyFree },
    ...FAILED_BY_HAND,
  ],
  accept: byAll('accept', [{}]),
  decline: [
    ...byAll('decline', [{ reason: 'no_time' }, { reason: 'whim' }]),
    ...byAll('decline', [{ reason: 'no_time' }]).map((one) => ({
      ...one,
      name: `last attempt ${one.name}`,
      prepare: noAttemptsLeft,
    })),
    ...byAll('decline', [{ reason: 'no_time' }]).map((one) => ({
      ...one,
      name: `nobody free ${one.name}`,
      prepare: nobodyFree,
    })),
  ],
  reject: byAll('reject', [{ reason: 'bad_timing' }, { reason: 'spam' }, { reason: 'whim' }]),
  first_response: byAll('first_response', [{ channel: 'call' }]),
  follow_up: byAll('follow_up', [{ channel: 'call', outcome: 'no_answer' }]),
  qualification: byAll('qualification', [
    { criterion: 'budget', answer: 'confirmed', confidence: null },
    { criterion: 'budget', answer: 'lost', confidence: null },
    { criterion: 'shoe_size', answer: 'confirmed', confidence: null },
  ]),
  qualify: [
    ...byAll('qualify', [{}]),
    ...(
      [
        ['criterion confirmed', (): void => undefined],
        ['no second hand-off', withoutAe],
        ['AE assigned', aeAssigned],
        ['nobody free', nobodyFree],
      ] as const
    ).map(([name, change]) => ({
      name,
      prepare: (run: Run) => {
        run.journey = { ...run.journey, criteria: { budget: CONFIRMED } };
        change(run);
      },
      input: (run: Run) => given({ kind: 'qualify', body: {}, actor: owner(run) }),
    })),
  ],
  recycle: byAll('recycle', [{ reason: 'cooled' }, { reason: 'whim' }]),
  disqualify: byAll('disqualify', [{ reason: 'student' }, { reason: 'whim' }]),
  reassign: [
    ...byAll('reassign', [
      { rep: 'dia', reason: null },
      { rep: null, reason: null },
    ]),
    ...(['unknown', 'inactive', 'at_cap'] as const).map((verdict) => ({
      name: verdict,
      prepare: (run: Run) => {
        run.verdicts['dia'] = verdict;
      },
      input: () => given({ kind: 'reassign', body: { rep: 'dia', reason: null }, actor: ADMIN }),
    })),
    {
      name: 'the same rep',
      input: (run: Run) =>
        given({ kind: 'reassign', body: { rep: holder(run).id, reason: null }, actor: ADMIN }),
    },
    {
      name: 'nobody free',
      prepare: nobodyFree,
      input: () => given({ kind: 'reassign', body: { rep: null, reason: null }, actor: ADMIN }),
    },
  ],
  claim: [
    ...byAll('claim', [{}]),
    ...(['unknown', 'inactive', 'at_cap'] as const).map((verdict) => ({
      name: verdict,
      prepare: (run: Run) => {
        run.verdicts['zoe'] = verdict;
      },
      input: () => given({ kind: 'claim', body: {}, actor: STRANGER }),
    })),
  ],
  review: [
    ...byAll('review', [
      { decision: 'hand_off' },
      { decision: 'nurture' },
      { decision: 'disqualify' },
      { decision: 'return' },
    ]),
    ...FAILED_REVIEW,
  ],
  dispute: [
    ...byAll('dispute', [{}]),
    {
      name: 'never rejected',
      prepare: (run) => {
        run.journey = { ...run.journey, rejected: null };
      },
      input: () => given({ kind: 'dispute', body: {}, actor: ADMIN }),
    },
  ],
  opportunity: byAll('opportunity', [{ reference: null }]),
  won: byAll('won', [{ amount: 100, currency: 'EUR' }]),
  lost: byAll('lost', [{ reason: 'no_budget' }, { reason: 'competitor' }, { reason: 'whim' }]),
  reopen: byAll('reopen', [{ reason: 'new_project' }]),
  feedback: [
    ...byAll('feedback', [{ qualified: true, missing: null }]),
    {
      name: 'never rejected',
      prepare: (run) => {
        run.journey = { ...run.journey, rejected: null };
      },
      input: () => given({ kind: 'feedback', body: { qualified: true, missing: null }, actor: STRANGER }),
    },
  ],
  merge: byAll('merge', [{ into: 'lead-2' }]),
  split: byAll('split', [{}]),
  tags: byAll('tags', [{ add: ['vip'], remove: [] }]),
  score: [
    ...looks,
    ...CONTENT_LOOKS,
    stillCooling,
    silent,
    noted,
    {
      name: 'imported to be offered',
      prepare: toBeOffered,
      input: () => given({ kind: 'score', body: {}, score: score(5) }),
    },
  ],
  inactivity: [
    {
      name: 'long enough',
      input: (run) => given({ kind: 'inactivity', body: {}, score: score(70, 70, 70, 2, run.at - 90 * DAY) }),
    },
    {
      name: 'not yet',
      input: (run) => given({ kind: 'inactivity', body: {}, score: score(70, 70, 70, 2, run.at) }),
    },
  ],
  pool_wake: [fact('pool_wake', {}), { ...fact('pool_wake', {}), name: 'nobody free', prepare: nobodyFree }],
  'timer.acceptance': timerVariations('acceptance'),
  'timer.first_response': timerVariations('first_response'),
  'timer.escalation': timerVariations('escalation'),
  'timer.sales_inactivity': timerVariations('sales_inactivity'),
  'timer.cool_off': [...timerVariations('cool_off'), ...COOLED_OFF],
  'timer.review': timerVariations('review'),
  'timer.enrichment': WAIT_OVER,
};
