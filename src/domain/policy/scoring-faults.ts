import { HALF_LIFE } from '../scoring/half-life.js';
import { parseDuration } from '../time.js';
import { type Fault, fault } from './fault.js';
import { conditionFaults } from './condition-faults.js';
import type { ScoringPolicy } from './scoring.schema.js';
import { reachOf } from './reach.js';

/** What is wrong with scoring although its shape is right. */
export function scoringFaults(scoring: ScoringPolicy): Fault[] {
  return [
    ...weightFaults(scoring),
    ...thresholdFaults(scoring),
    ...mismatchFaults(scoring),
    ...groupFaults(scoring),
    ...ruleFaults(scoring),
    ...reachFaults(scoring),
  ];
}

/** Agreements that list more signals than this are rarely understood by those who signed them. */
export const MOST_EVENT_RULES = 12;

/** What is allowed but worth a second thought. */
export function scoringWarnings({ events }: ScoringPolicy): Fault[] {
  if (events.length <= MOST_EVENT_RULES) return [];
  return [
    fault(
      ['scoring', 'events'],
      `${events.length} event rules are more than people keep in mind; aim at ${MOST_EVENT_RULES} or fewer`,
    ),
  ];
}

function weightFaults({ weights }: ScoringPolicy): Fault[] {
  const sum = weights.explicit + weights.implicit;
  if (sum === 100) return [];
  return [fault(['scoring', 'weights'], `explicit and implicit add up to ${sum}; they must make 100`)];
}

function thresholdFaults({ thresholds }: ScoringPolicy): Fault[] {
  const { mql, mqlDemotion, advanced, advancedDemotion } = thresholds;
  const path = (name: keyof typeof thresholds) => ['scoring', 'thresholds', name];
  const faults: Fault[] = [];
  if (mqlDemotion >= mql) {
    faults.push(fault(path('mqlDemotion'), `${mqlDemotion} must be below mql (${mql}), or leads flap`));
  }
  if (advancedDemotion >= advanced) {
    faults.push(
      fault(
        path('advancedDemotion'),
        `${advancedDemotion} must be below advanced (${advanced}), or leads flap`,
      ),
    );
  }
  if (mql > advanced) {
    faults.push(fault(path('advanced'), `${advanced} must not be below mql (${mql})`));
  }
  return faults;
}

function mismatchFaults({ mismatch }: ScoringPolicy): Fault[] {
  if (mismatch === undefined || mismatch.weak < mismatch.strong) return [];
  return [
    fault(
      ['scoring', 'mismatch', 'weak'],
      `${mismatch.weak} must be below strong (${mismatch.strong}), or no lead is without mismatch`,
    ),
  ];
}

function groupFaults({ groups, fit, events }: ScoringPolicy): Fault[] {
  const used = new Set([...fit, ...events].map(({ group }) => group));
  return Object.entries(groups).flatMap(([name, { halfLife }]) => {
    const path = ['scoring', 'groups', name];
    const faults = used.has(name) ? [] : [fault(path, `no rule uses the group "${name}"`)];
    if (halfLife === undefined) return faults;
    const length = parseDuration(halfLife);
    if (length >= HALF_LIFE.least && length <= HALF_LIFE.most) return faults;
    const message = `"${halfLife}" is out of bounds: from 1 hour to 3650 days`;
    return [...faults, fault([...path, 'halfLife'], message)];
  });
}

function ruleFaults({ groups, fit, events }: ScoringPolicy): Fault[] {
  const known = Object.keys(groups);
  const rules = [
    ...fit.map(({ id, group, when }, i) => ({
      path: ['scoring', 'fit', i],
      id,
      group,
      conditions: [{ path: ['scoring', 'fit', i, 'when'], condition: when }],
    })),
    ...events.map(({ id, group, where }, i) => ({
      path: ['scoring', 'events', i],
      id,
      group,
      conditions: Object.entries(where ?? {}).map(([property, condition]) => ({
        path: ['scoring', 'events', i, 'where', property],
        condition,
      })),
    })),
  ];
  const firsts = new Map<string, number>();
  return rules.flatMap(({ path, id, group, conditions }, i) => {
    const faults = conditions.flatMap((one) => conditionFaults(one.path, one.condition));
    if (!known.includes(group)) {
      faults.unshift(fault([...path, 'group'], `there is no group "${group}"`, known));
    }
    if (firsts.has(id)) faults.unshift(fault([...path, 'id'], `another scoring rule is called "${id}"`));
    else firsts.set(id, i);
    return faults;
  });
}

/** Thresholds that no lead can ever reach make a stage unreachable. A policy without scoring rules is exempt. */
function reachFaults(scoring: ScoringPolicy): Fault[] {
  if (scoring.fit.length + scoring.events.length === 0) return [];
  const most = reachOf(scoring);
  const { mql, advanced, minFit, minEngagement } = scoring.thresholds;
  const wanted = [
    { name: 'mql', value: mql, most: most.total, what: 'the total' },
    { name: 'advanced', value: advanced, most: most.total, what: 'the total' },
    { name: 'minFit', value: minFit, most: most.explicit, what: 'the explicit part' },
    { name: 'minEngagement', value: minEngagement, most: most.implicit, what: 'the implicit part' },
  ];
  return wanted
    .filter(({ value, most: limit }) => value > limit)
    .map(({ name, value, most: limit, what }) =>
      fault(
        ['scoring', 'thresholds', name],
        `${value} can never be reached: with these rules, caps and weights ${what} is ${limit} at most`,
      ),
    );
}
