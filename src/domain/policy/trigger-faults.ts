import { conditionFaults } from './condition-faults.js';
import { type Fault, fault } from './fault.js';
import type { Policy } from './policy.schema.js';

/** Lanes that are there without a trigger. */
const TAKEN: readonly string[] = ['standard', 'fit', 'hand_raiser'];

/** What is wrong with the ways into a hand-off beside the score. */
export function triggerFaults({ triggers = [], handRaisers, handOffs, scoring }: Policy): Fault[] {
  const { fitOnly, sql, mql } = scoring.thresholds;
  const faults = triggers.flatMap(({ id, event, where }, i) => {
    const path = ['triggers', i];
    const first = triggers.findIndex((other) => other.id === id);
    return [
      ...(first < i ? [fault([...path, 'id'], `another trigger is called "${id}"`)] : []),
      ...(TAKEN.includes(id) ? [fault([...path, 'id'], `"${id}" is the name of a lane of its own`)] : []),
      ...(handRaisers.includes(event)
        ? [fault([...path, 'event'], `"${event}" is a hand-raiser: this trigger can never match`)]
        : []),
      ...Object.entries(where ?? {}).flatMap(([property, condition]) =>
        conditionFaults([...path, 'where', property], condition),
      ),
    ];
  });
  if (handOffs.fitOnly !== undefined && fitOnly === undefined) {
    faults.push(
      fault(
        ['handOffs', 'fitOnly'],
        'has no effect: scoring.thresholds.fitOnly says from when on fit is enough',
      ),
    );
  }
  if (sql !== undefined && sql < mql) {
    faults.push(fault(['scoring', 'thresholds', 'sql'], `${sql} must not be below mql (${mql})`));
  }
  return faults;
}
