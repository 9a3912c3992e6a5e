import { HALF_LIFE } from '../scoring/half-life.js';
import { lookup } from '../scoring/lookup.js';
import { DAY, MINUTE, parseDuration } from '../time.js';
import { type Fault, fault, type Path } from './fault.js';
import { conditionFaults } from './condition-faults.js';
import type { Condition } from './schema-parts.js';
import type { ScoringPolicy } from './scoring.schema.js';
import { reachOf } from './reach.js';

/**
 * What is wrong with scoring although its shape is right.
 * @param criteria of the policy's qualification
 */
export function scoringFaults(scoring: ScoringPolicy, criteria: readonly string[]): Fault[] {
  return [
    ...weightFaults(scoring),
    ...thresholdFaults(scoring),
    ...mismatchFaults(scoring),
    ...groupFaults(scoring),
    ...ruleFaults(scoring),
    ...windowFaults(scoring),
    ...magnitudeFaults(scoring),
    ...criterionFaults(scoring, criteria),
    ...intentFaults(scoring),
    ...mustHaveFaults(scoring),
    ...reachFaults(scoring),
  ];
}

/** Agreements that list more signals than this are rarely understood by those who signed them. */
export const MOST_EVENT_RULES = 12;

/** What is allowed but worth a second thought. */
export function scoringWarnings(scoring: ScoringPolicy): Fault[] {
  const { events, sequences = [] } = scoring;
  const signals = events.length + sequences.length;
  const many = fault(
    ['scoring', 'events'],
    `${signals} rules for events are more than people keep in mind; aim at ${MOST_EVENT_RULES} or fewer`,
  );
  return [
    ...(signals > MOST_EVENT_RULES ? [many] : []),
    ...rulesIn(scoring).flatMap(({ path, group, points }) => {
      const cap = lookup(scoring.groups, group)?.cap;
      if (points === 0) return [fault([...path, 'points'], 'this signal never counts: it gives no points')];
      if (cap === undefined || Math.abs(points) <= cap) return [];
      return [
        fault([...path, 'points'], `of these ${points} points only ${cap} count: the cap of its group`),
      ];
    }),
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

function groupFaults(scoring: ScoringPolicy): Fault[] {
  const used = new Set(rulesIn(scoring).map(({ group }) => group));
  return Object.entries(scoring.groups).flatMap(([name, { part, halfLife, scaledByFit }]) => {
    const path = ['scoring', 'groups', name];
    const faults = used.has(name) ? [] : [fault(path, `no rule uses the group "${name}"`)];
    if (scaledByFit === true && part === 'explicit') {
      faults.push(
        fault([...path, 'scaledByFit'], 'fit cannot scale itself: only an implicit group can be scaled'),
      );
    }
    if (halfLife === undefined) return faults;
    const length = parseDuration(halfLife);
    if (length >= HALF_LIFE.least && length <= HALF_LIFE.most) return faults;
    const message = `"${halfLife}" is out of bounds: from 1 hour to 3650 days`;
    return [...faults, fault([...path, 'halfLife'], message)];
  });
}

interface RuleOf {
  readonly path: Path;
  readonly id: string;
  readonly group: string;
  readonly points: number;
  readonly conditions: readonly { readonly path: Path; readonly condition: Condition }[];
}

/** Every rule of any kind. */
function rulesIn({ fit, events, sequences = [], criteria = [], intent = [] }: ScoringPolicy): RuleOf[] {
  const conditionsIn = (path: Path, where: Readonly<Record<string, Condition>> = {}) =>
    Object.entries(where).map(([property, condition]) => ({ path: [...path, 'where', property], condition }));
  return [
    ...fit.map((rule, i) => {
      const path = ['scoring', 'fit', i];
      return { ...rule, path, conditions: [{ path: [...path, 'when'], condition: rule.when }] };
    }),
    ...events.map((rule, i) => {
      const path = ['scoring', 'events', i];
      return { ...rule, path, conditions: conditionsIn(path, rule.where) };
    }),
    ...sequences.map((rule, i) => {
      const path = ['scoring', 'sequences', i];
      const conditions = rule.steps.flatMap(({ where }, step) =>
        conditionsIn([...path, 'steps', step], where),
      );
      return { ...rule, path, conditions };
    }),
    ...criteria.map((rule, i) => ({ ...rule, path: ['scoring', 'criteria', i], conditions: [] })),
    ...intent.map((rule, i) => ({ ...rule, path: ['scoring', 'intent', i], conditions: [] })),
  ];
}

function ruleFaults(scoring: ScoringPolicy): Fault[] {
  const known = Object.keys(scoring.groups);
  const firsts = new Set<string>();
  return rulesIn(scoring).flatMap(({ path, id, group, conditions }) => {
    const faults = conditions.flatMap((one) => conditionFaults(one.path, one.condition));
    if (!known.includes(group)) {
      faults.unshift(fault([...path, 'group'], `there is no group "${group}"`, known));
    }
    if (firsts.has(id)) faults.unshift(fault([...path, 'id'], `another scoring rule is called "${id}"`));
    firsts.add(id);
    return faults;
  });
}

/** How long windows may be: ten years at most, as half-lives. */
const WINDOW = { least: MINUTE, most: HALF_LIFE.most } as const;

function windowFaults({ events, sequences = [] }: ScoringPolicy): Fault[] {
  const outOfBounds = (path: Path, text: string | undefined): Fault[] => {
    if (text === undefined) return [];
    const length = parseDuration(text);
    if (length >= WINDOW.least && length <= WINDOW.most) return [];
    return [fault(path, `"${text}" is out of bounds: from 1 minute to 3650 days`)];
  };
  return [
    ...events.flatMap(({ coolDown, count }, i) => {
      const path = ['scoring', 'events', i];
      const both = coolDown !== undefined && count !== undefined;
      const twice = fault([...path, 'coolDown'], 'a count gives one award in each of its windows already');
      return [
        ...(both ? [twice] : []),
        ...outOfBounds([...path, 'coolDown'], coolDown),
        ...outOfBounds([...path, 'count', 'within'], count?.within),
      ];
    }),
    ...sequences.flatMap(({ within }, i) => outOfBounds(['scoring', 'sequences', i, 'within'], within)),
  ];
}

function magnitudeFaults({ events }: ScoringPolicy): Fault[] {
  return events.flatMap(({ magnitude, count, where = {} }, i) => {
    if (magnitude === undefined) return [];
    const path = ['scoring', 'events', i];
    if (count !== undefined) {
      return [fault([...path, 'magnitude'], 'a count gives its points once, whatever its events measure')];
    }
    const { property, per } = magnitude;
    const condition = lookup(where, property);
    const below = condition?.below;
    if (condition?.present === false || (below !== undefined && below <= per)) {
      const message = `this can never match: "${property}" is never ${per} or more where this holds`;
      return [fault([...path, 'where', property], message)];
    }
    return [];
  });
}

function criterionFaults({ criteria = [] }: ScoringPolicy, known: readonly string[]): Fault[] {
  return criteria.flatMap(({ criterion }, i) =>
    known.includes(criterion)
      ? []
      : [fault(['scoring', 'criteria', i, 'criterion'], `there is no criterion "${criterion}"`, known)],
  );
}

function intentFaults({ groups, intent = [] }: ScoringPolicy): Fault[] {
  return intent.flatMap(({ group, window, baseline }, i) => {
    const path = ['scoring', 'intent', i];
    const [length, before] = [parseDuration(window), parseDuration(baseline)];
    const faults: Fault[] = [];
    if (lookup(groups, group)?.part === 'explicit') {
      const implicit = Object.keys(groups).filter((name) => groups[name]?.part === 'implicit');
      faults.push(fault([...path, 'group'], 'intent is no fit: its group must be an implicit one', implicit));
    }
    if (length < WINDOW.least || length > 90 * DAY) {
      faults.push(fault([...path, 'window'], `"${window}" is out of bounds: from 1 minute to 90 days`));
    }
    if (before < length || before > 366 * DAY) {
      const message = `"${baseline}" must be from one window (${window}) to 366 days`;
      faults.push(fault([...path, 'baseline'], message));
    }
    return faults;
  });
}

function mustHaveFaults({ mustHaves = [] }: ScoringPolicy): Fault[] {
  return mustHaves.flatMap(({ id, when }, i) => {
    const path = ['scoring', 'mustHaves', i];
    const first = mustHaves.findIndex((other) => other.id === id);
    return [
      ...(first < i ? [fault([...path, 'id'], `another must-have is called "${id}"`)] : []),
      ...conditionFaults([...path, 'when'], when),
    ];
  });
}

/** Thresholds that no lead can ever reach make a stage unreachable. A policy without scoring rules is exempt. */
function reachFaults(scoring: ScoringPolicy): Fault[] {
  if (rulesIn(scoring).length === 0) return [];
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
