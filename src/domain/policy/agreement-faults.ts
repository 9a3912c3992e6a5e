import { STAGES } from '../journey/journey.js';
import { criteriaOf } from '../qualification/criteria.js';
import { FRAMEWORKS } from '../qualification/frameworks.js';
import { conditionFaults } from './condition-faults.js';
import { type Fault, fault, repeated } from './fault.js';
import type { Policy } from './policy.schema.js';

/** What is wrong, beside scoring and clocks, with a policy whose shape is right. */
export function agreementFaults(policy: Policy): Fault[] {
  return [
    ...listFaults(policy),
    ...disqualifierFaults(policy),
    ...byHandFaults(policy),
    ...qualificationFaults(policy),
    ...reasonFaults(policy),
    ...stageFaults(policy),
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

function disqualifierFaults({ disqualifiers }: Policy): Fault[] {
  return disqualifiers.flatMap(({ id, when }, i) => {
    const first = disqualifiers.findIndex((other) => other.id === id);
    return [
      ...(first < i ? [fault(['disqualifiers', i, 'id'], `another disqualifier is called "${id}"`)] : []),
      ...conditionFaults(['disqualifiers', i, 'when'], when),
    ];
  });
}

/** A lead handed over by hand without naming a pool goes to the pool of the first hand-off. */
function byHandFaults({ handOffs }: Policy): Fault[] {
  const { sdr, byHand } = handOffs;
  if (byHand.pools.includes(sdr.pool)) return [];
  return [
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

/** A date to come back only makes sense for a lead that comes back. */
function reasonFaults({ reasons: { reject, lost } }: Policy): Fault[] {
  const useless = [
    ...Object.entries(reject)
      .filter(([, { to, recycleAfter }]) => to === 'disqualified' && recycleAfter !== undefined)
      .map(([code]) => ['reasons', 'reject', code, 'recycleAfter']),
    ...Object.entries(lost)
      .filter(([, { outcome, recycleAfter }]) => outcome === 'final' && recycleAfter !== undefined)
      .map(([code]) => ['reasons', 'lost', code, 'recycleAfter']),
  ];
  return useless.map((path) => fault(path, 'has no effect: a lead with this reason does not come back'));
}

/** The two levels of an MQL are defined apart. */
const DEFINABLE: readonly string[] = STAGES.flatMap((stage) =>
  stage === 'mql' ? ['mql', 'mql.early', 'mql.advanced'] : [stage],
);

function stageFaults({ stages }: Policy): Fault[] {
  return Object.keys(stages ?? {})
    .filter((stage) => !DEFINABLE.includes(stage))
    .map((stage) => fault(['stages', stage], `there is no stage "${stage}"`, DEFINABLE));
}
