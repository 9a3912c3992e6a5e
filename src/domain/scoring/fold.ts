import type { ScoringPolicy } from '../policy/scoring.schema.js';
import { parseDuration, type Milliseconds } from '../time.js';
import { add, formatSum, parseSum, WeightedSum } from './half-life.js';
import { lookup } from './lookup.js';
import { rulesOf } from './rules.js';
import type { ScoreEntry, ScoreState } from './score.js';

/** The fold of an empty ledger. */
export const emptyScore: ScoreState = { version: 0, sums: {}, lastEventAt: null };

/** What scoring needs of an entry to fold it. */
export type FoldedEntry = Pick<ScoreEntry, 'n' | 'rule' | 'group' | 'micro' | 'occurred' | 'reverses'>;

/**
 * Adds ledger entries. Any order of the same entries gives the same state, and a reversal (same `occurred`,
 * negated points) leaves the sums as if its entry had never been. A group whose sum is 0 has no key.
 *
 * `lastEventAt` follows entries of event rules and sequences only (fields are no activity of the lead) and keeps its
 * value when such an entry is reversed: an event that lost its window to another was something that the lead did. The sums depend on the half-lives of the policy: after a change of these,
 * fold the ledger again from {@link emptyScore}.
 */
export function foldEntries(
  state: ScoreState,
  entries: Iterable<FoldedEntry>,
  scoring: ScoringPolicy,
): ScoreState {
  const { activity } = rulesOf(scoring);
  const groups = new Map<string, GroupSum>();
  let { version, lastEventAt } = state;
  for (const { n, rule, group, micro, occurred, reverses } of entries) {
    let sum = groups.get(group);
    if (sum === undefined) groups.set(group, (sum = groupSum(halfLifeOf(scoring, group))));
    sum.add(micro, occurred);
    if (n > version) version = n;
    if (reverses === null && activity.has(rule) && (lastEventAt === null || occurred > lastEventAt)) {
      lastEventAt = occurred;
    }
  }
  if (groups.size === 0) return state;
  const sums = { ...state.sums };
  for (const [group, sum] of groups) {
    const after = sum.addedTo(lookup(state.sums, group) ?? '0');
    if (after === '0') Reflect.deleteProperty(sums, group);
    else sums[group] = after;
  }
  return { version, sums, lastEventAt };
}

/** Adds one ledger entry; see {@link foldEntries}. */
export const foldEntry = (state: ScoreState, entry: FoldedEntry, scoring: ScoringPolicy): ScoreState =>
  foldEntries(state, [entry], scoring);

/** Folds a whole ledger; see {@link foldEntries}. */
export const foldLedger = (entries: Iterable<FoldedEntry>, scoring: ScoringPolicy): ScoreState =>
  foldEntries(emptyScore, entries, scoring);

const halfLives = new WeakMap<ScoringPolicy, Map<string, Milliseconds | null>>();

/** Null: the group keeps its worth, or the policy does not know it. */
function halfLifeOf(scoring: ScoringPolicy, group: string): Milliseconds | null {
  const known = halfLives.get(scoring) ?? new Map<string, Milliseconds | null>();
  halfLives.set(scoring, known);
  const found = known.get(group);
  if (found !== undefined) return found;
  const halfLife = lookup(scoring.groups, group)?.halfLife;
  const length = halfLife === undefined ? null : parseDuration(halfLife);
  known.set(group, length);
  return length;
}

/** What entries of one group add up to. */
interface GroupSum {
  add(micro: number, occurred: number): void;
  /** As it is stored, together with what is stored already. */
  addedTo(stored: string): string;
}

const groupSum = (halfLife: Milliseconds | null): GroupSum =>
  halfLife === null ? new PlainSum() : new DecayingGroup(halfLife);

class PlainSum implements GroupSum {
  #sum = 0n;

  add(micro: number): void {
    this.#sum += BigInt(micro);
  }

  addedTo(stored: string): string {
    return (BigInt(stored) + this.#sum).toString();
  }
}

class DecayingGroup extends WeightedSum implements GroupSum {
  addedTo(stored: string): string {
    return formatSum(add(parseSum(stored), this.total()));
  }
}
