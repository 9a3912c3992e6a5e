import { STAGES } from '../journey/journey.js';
import { criteriaOf } from '../qualification/criteria.js';
import { FRAMEWORKS } from '../qualification/frameworks.js';
import { DAY, parseDuration } from '../time.js';
import { conditionFaults } from './condition-faults.js';
import { type Fault, fault, repeated } from './fault.js';
import type { Policy } from './policy.schema.js';

/** What is wrong, beside scoring and clocks, with a policy whose shape is right. */
export function agreementFaults(policy: Policy): Fault[] {
  return [
    ...listFaults(policy),
    ...disqualifierFaults(policy),
    ...automaticFaults(policy),
    ...byHandFaults(policy),
    ...qualificationFaults(policy),
    ...reasonFaults(policy),
    ...stageFaults(policy),
    ...targetFaults(policy),
    ...reviewFaults(policy),
  ];
}

function listFaults({ handRaisers, handOffs, qualification, reasons }: Policy): Fault[] {
  return [
    ...repeated(['handRaisers'], handRaisers),
    ...repeated(['handOffs', 'byHand', 'roles'], handOffs.byHand.roles),
    ...repeated(['handOffs', 'byHand', 'pools'], handOffs.byHand.pools),
    ...repeated(['qualification', 'criteria'], qualification.criteria.map(idOf)),
    ...repeated(['qualification', 'required'], qualification.required),
    ...repeated(['reasons', 'decline'], reasons.decline),
    ...repeated(['reasons', 'recycle'], reasons.recycle),
    ...repeated(['reasons', 'disqualify'], reasons.disqualify),
  ];
}

function disqualifierFaults({ disqualifiers, reasons }: Policy): Fault[] {
  return disqualifiers.flatMap(({ id, when, reason }, i) => {
    const first = disqualifiers.findIndex((other) => other.id === id);
    return [
      ...(first < i ? [fault(['disqualifiers', i, 'id'], `another disqualifier is called "${id}"`)] : []),
      ...conditionFaults(['disqualifiers', i, 'when'], when),
      ...(reasons.disqualify.includes(reason)
        ? []
        : [fault(['disqualifiers', i, 'reason'], `there is no reason "${reason}"`, reasons.disqualify)]),
    ];
  });
}

/** Without rules that give points no lead gets there by its score; a score of nothing can still be enough. */
function automaticFaults({ handOffs, handRaisers, triggers = [], scoring }: Policy): Fault[] {
  const { mql, advanced, minFit, minEngagement } = scoring.thresholds;
  const scored =
    scoring.fit.length + scoring.events.length > 0 || Math.max(mql, advanced, minFit, minEngagement) === 0;
  if (!handOffs.sdr.automatic || scored || handRaisers.length + triggers.length > 0) return [];
  return [
    fault(
      ['handOffs', 'sdr', 'automatic'],
      'no lead is ever handed off by itself: there are no scoring rules, no hand-raisers and no triggers',
      ['false'],
    ),
  ];
}

/** Who may hand over by hand, by the role of the key. */
const ROLES: readonly string[] = ['admin', 'marketing', 'sales', 'rep'];

/** A lead handed over by hand without naming a pool goes to the pool of the first hand-off. */
function byHandFaults({ handOffs }: Policy): Fault[] {
  const { sdr, byHand } = handOffs;
  const strangers = byHand.roles.flatMap((role, i) =>
    ROLES.includes(role)
      ? []
      : [fault(['handOffs', 'byHand', 'roles', i], `there is no role "${role}"`, ROLES)],
  );
  if (byHand.pools.includes(sdr.pool)) return strangers;
  return [
    ...strangers,
    fault(['handOffs', 'byHand', 'pools'], `must include "${sdr.pool}", the pool of the first hand-off`, [
      sdr.pool,
    ]),
  ];
}

const idOf = (criterion: Policy['qualification']['criteria'][number]): string =>
  typeof criterion === 'string' ? criterion : criterion.id;

function qualificationFaults({ qualification }: Policy): Fault[] {
  const { framework, criteria, required, buckets } = qualification;
  const given = (framework === undefined ? [] : FRAMEWORKS[framework]).map(({ id }) => id);
  const known = criteriaOf(qualification).map(({ id }) => id);
  return [
    ...criteria.flatMap((criterion, i) =>
      given.includes(idOf(criterion))
        ? [
            fault(
              ['qualification', 'criteria', i],
              `"${idOf(criterion)}" comes with ${framework ?? ''} already`,
            ),
          ]
        : [],
    ),
    ...required.flatMap((criterion, i) =>
      known.includes(criterion)
        ? []
        : [fault(['qualification', 'required', i], `there is no criterion "${criterion}"`, known)],
    ),
    ...(buckets !== undefined && buckets.warm >= buckets.hot
      ? [fault(['qualification', 'buckets', 'warm'], `${buckets.warm} must be below hot (${buckets.hot})`)]
      : []),
  ];
}

/** What ends a stage takes a reason; and a date to come back only makes sense for a lead that comes back. */
function reasonFaults({ reasons: { reject, lost } }: Policy): Fault[] {
  const without = [
    {
      path: ['reasons', 'reject'],
      reasons: reject,
      message: 'without a reason sales can never reject a lead',
    },
    {
      path: ['reasons', 'lost'],
      reasons: lost,
      message: 'the stage closed_lost can never be reached: there is no reason to lose for',
    },
  ].filter(({ reasons }) => Object.keys(reasons).length === 0);
  const useless = [
    ...Object.entries(reject)
      .filter(([, { to, recycleAfter }]) => to === 'disqualified' && recycleAfter !== undefined)
      .map(([code]) => ['reasons', 'reject', code, 'recycleAfter']),
    ...Object.entries(lost)
      .filter(([, { outcome, recycleAfter }]) => outcome === 'final' && recycleAfter !== undefined)
      .map(([code]) => ['reasons', 'lost', code, 'recycleAfter']),
  ];
  return [
    ...without.map(({ path, message }) => fault(path, message)),
    ...useless.map((path) => fault(path, 'has no effect: a lead with this reason does not come back')),
  ];
}

/** The two levels of an MQL are defined apart. */
const DEFINABLE: readonly string[] = STAGES.flatMap((stage) =>
  stage === 'mql' ? ['mql', 'mql.early', 'mql.advanced'] : [stage],
);

function stageFaults({ stages }: Policy): Fault[] {
  return Object.entries(stages ?? {}).flatMap(([stage, { definition }]) => {
    if (!DEFINABLE.includes(stage)) {
      return [fault(['stages', stage], `there is no stage "${stage}"`, DEFINABLE)];
    }
    return definition.trim() === '' ? [fault(['stages', stage, 'definition'], 'says nothing')] : [];
  });
}

/** More customers than the other targets leave cannot be won. */
function targetFaults({ targets }: Policy): Fault[] {
  const { leadsPerMonth, accepted = 100, converted = 100, wonPerMonth } = targets ?? {};
  if (leadsPerMonth === undefined || wonPerMonth === undefined) return [];
  const most = Math.floor((leadsPerMonth * accepted * converted) / 10_000);
  if (wonPerMonth <= most) return [];
  return [
    fault(
      ['targets', 'wonPerMonth'],
      `${wonPerMonth} can never be reached: of ${leadsPerMonth} leads ${most} at most become opportunities`,
    ),
  ];
}

const REVIEW = { least: DAY, most: 366 * DAY };

function reviewFaults({ review }: Policy): Fault[] {
  if (review === undefined) return [];
  const every = parseDuration(review.every);
  if (every >= REVIEW.least && every <= REVIEW.most) return [];
  return [fault(['review', 'every'], `"${review.every}" is out of bounds: from 1 day to 366 days`)];
}
