import type { ScoringPolicy } from '../policy/scoring.schema.js';
import type { Instant } from '../time.js';
import { foldLedger } from './fold.js';
import { groupReaders, rawAt } from './group-reader.js';
import { lookup } from './lookup.js';
import { partOf, readableAt, readScore } from './read.js';
import { MICRO, type ScoreEntry } from './score.js';

/** What one rule does to a lead's total now. */
export interface Reason {
  readonly rule: string;
  readonly group: string;
  /** Micro-points of the total, signed. */
  readonly worth: number;
}

export interface Reasons {
  /** Most first. */
  readonly up: readonly Reason[];
  readonly down: readonly Reason[];
}

/**
 * Why the score is what it is: for each rule what its entries are worth now, decayed, and as far as cap, scaling by
 * fit and weight let its group count. Rules of a group that is over its cap share the cap in the proportion of what
 * they are worth; so do the groups of a part that is over 100 points.
 */
export function reasonsOf(
  entries: readonly ScoreEntry[],
  at: Instant,
  scoring: ScoringPolicy,
  most: number,
): Reasons {
  const state = foldLedger(entries, scoring);
  const instant = readableAt(state, at);
  const reading = readScore(state, instant, scoring);
  const whole = new Map(groupReaders(state, scoring).map((reader) => [reader.name, rawAt(reader, instant)]));
  const reasons = [...byRule(entries)].flatMap(([key, own]): Reason[] => {
    const [rule = '', group = ''] = key.split(' ');
    const known = lookup(scoring.groups, group);
    if (known === undefined) return [];
    const reader = groupReaders(foldLedger(own, scoring), scoring).find(({ name }) => name === group);
    const raw = reader === undefined ? 0n : rawAt(reader, instant);
    const counted = share(raw, reading.groups[group] ?? 0, whole.get(group) ?? 0n);
    const sum = sumOf(reading.groups, known.part, scoring);
    const inPart = sum > 100 * MICRO ? share(counted, partOf(sum), BigInt(sum)) : counted;
    const worth = Number((inPart * BigInt(scoring.weights[known.part])) / 100n);
    return worth === 0 ? [] : [{ rule, group, worth }];
  });
  const byWorth = (a: Reason, b: Reason): number =>
    Math.abs(b.worth) - Math.abs(a.worth) || (a.rule < b.rule ? -1 : 1);
  const sorted = reasons.sort(byWorth);
  return {
    up: sorted.filter(({ worth }) => worth > 0).slice(0, most),
    down: sorted.filter(({ worth }) => worth < 0).slice(0, most),
  };
}

/** So much of `value` as `counted` is of the `whole`; all of it where what came together cancels. */
const share = (value: bigint, counted: number, whole: bigint): bigint =>
  whole === 0n ? value : (value * BigInt(counted)) / whole;

function sumOf(
  groups: Readonly<Record<string, number>>,
  part: 'explicit' | 'implicit',
  scoring: ScoringPolicy,
): number {
  return Object.entries(groups).reduce(
    (sum, [name, value]) => sum + (lookup(scoring.groups, name)?.part === part ? value : 0),
    0,
  );
}

function byRule(entries: readonly ScoreEntry[]): ReadonlyMap<string, readonly ScoreEntry[]> {
  const rules = new Map<string, ScoreEntry[]>();
  for (const entry of entries) {
    const key = `${entry.rule} ${entry.group}`;
    const own = rules.get(key);
    if (own === undefined) rules.set(key, [entry]);
    else own.push(entry);
  }
  return rules;
}
