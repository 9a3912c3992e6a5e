import { STAGES } from '../journey/journey.js';
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
    ...repeated(['qualification', 'criteria'], qualification.criteria),
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

function qualificationFaults({ qualification: { criteria, required } }: Policy): Fault[] {
  return required.flatMap((criterion, i) =>
    criteria.includes(criterion)
      ? []
      : [fault(['qualification', 'required', i], `there is no criterion "${criterion}"`, criteria)],
  );
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
