import type { Condition } from '../policy/schema-parts.js';
import type { Magnitude, ScoringPolicy } from '../policy/scoring.schema.js';
import { type Milliseconds, parseDuration } from '../time.js';
import { holds } from './condition.js';
import { lookup } from './lookup.js';
import { MICRO } from './score.js';

/** The points that one rule gives, in micro-points. */
export interface Award {
  readonly rule: string;
  readonly group: string;
  readonly micro: number;
}

type Properties = Readonly<Record<string, unknown>>;

/** What an event must be to count for a rule. */
interface Matcher {
  readonly matches: (properties: Properties) => boolean;
}

/** Gives points for a single event. */
export interface SingleRule extends Matcher {
  readonly award: Award;
  readonly magnitude: Magnitude | null;
  /** One award in each window of this length; null: one for each event. */
  readonly coolDown: Milliseconds | null;
}

/** Gives points for several events together, at most once in a window of its length. */
export type TimedRule = { readonly award: Award; readonly within: Milliseconds } & (
  { readonly type: 'count'; readonly atLeast: number } | { readonly type: 'sequence'; readonly steps: number }
);

/** Which step of which rule events of one kind can be; a count has step 0 only. */
export interface TimedStep extends Matcher {
  readonly rule: TimedRule;
  readonly step: number;
}

export interface RulesOfKind {
  readonly single: readonly SingleRule[];
  readonly timed: readonly TimedStep[];
}

/** The rules of a policy as scoring asks for them: prepared once. */
export interface Rules {
  readonly ofKind: ReadonlyMap<string, RulesOfKind>;
  readonly timed: readonly TimedRule[];
  /** Whether some rule needs to know other events of the lead. */
  readonly lookBack: boolean;
  /** Rules whose awards say that the lead did something. */
  readonly activity: ReadonlySet<string>;
}

export const awardOf = (rule: { id: string; group: string; points: number }): Award => ({
  rule: rule.id,
  group: rule.group,
  micro: Math.round(rule.points * MICRO),
});

const known = new WeakMap<ScoringPolicy, Rules>();

export function rulesOf(scoring: ScoringPolicy): Rules {
  const rules = known.get(scoring) ?? prepare(scoring);
  known.set(scoring, rules);
  return rules;
}

const NONE: RulesOfKind = { single: [], timed: [] };

/** What events of a kind can give. */
export const rulesFor = (scoring: ScoringPolicy, kind: string): RulesOfKind =>
  rulesOf(scoring).ofKind.get(kind) ?? NONE;

function prepare(scoring: ScoringPolicy): Rules {
  const ofKind = new Map<string, { single: SingleRule[]; timed: TimedStep[] }>();
  const timed: TimedRule[] = [];
  const at = (kind: string) => {
    const rules = ofKind.get(kind) ?? { single: [], timed: [] };
    ofKind.set(kind, rules);
    return rules;
  };
  for (const rule of scoring.events) {
    const { event, where, magnitude = null, coolDown, count } = rule;
    if (count === undefined) {
      const length = coolDown === undefined ? null : parseDuration(coolDown);
      at(event).single.push({ ...matcher(where), award: awardOf(rule), magnitude, coolDown: length });
    } else {
      const { atLeast, within } = count;
      const counted = {
        type: 'count',
        award: awardOf(rule),
        within: parseDuration(within),
        atLeast,
      } as const;
      timed.push(counted);
      at(event).timed.push({ ...matcher(where), rule: counted, step: 0 });
    }
  }
  for (const rule of scoring.sequences ?? []) {
    const { steps, within } = rule;
    const sequence = {
      type: 'sequence',
      award: awardOf(rule),
      within: parseDuration(within),
      steps: steps.length,
    } as const;
    timed.push(sequence);
    for (const [step, { event, where }] of steps.entries()) {
      at(event).timed.push({ ...matcher(where), rule: sequence, step });
    }
  }
  return {
    ofKind,
    timed,
    lookBack: timed.length > 0 || scoring.events.some(({ coolDown }) => coolDown !== undefined),
    activity: new Set([...scoring.events, ...(scoring.sequences ?? [])].map(({ id }) => id)),
  };
}

function matcher(where: Readonly<Record<string, Condition>> = {}): Matcher {
  const conditions = Object.entries(where);
  if (conditions.length === 0) return { matches: () => true };
  return {
    matches: (properties) =>
      conditions.every(([property, condition]) => holds(condition, lookup(properties, property))),
  };
}
