import { parseDuration } from '../time.js';
import type { ScoringPolicy } from '../policy/scoring.schema.js';
import { add, formatSum, parseSum, weigh } from './half-life.js';
import { lookup } from './lookup.js';
import type { ScoreEntry, ScoreState } from './score.js';

/** The fold of an empty ledger. */
export const emptyScore: ScoreState = { version: 0, sums: {}, lastEventAt: null };

/**
 * Adds one ledger entry. Any order of the same entries gives the same state, and a reversal (same `occurred`,
 * negated points) leaves the sums as if its entry had never been. A group whose sum is 0 has no key.
 *
 * `lastEventAt` follows entries of event rules only (fields are no activity of the lead) and keeps its value
 * when such an entry is reversed. The sums depend on the half-lives of the policy: after a change of these,
 * fold the ledger again from {@link emptyScore}.
 */
export function foldEntry(state: ScoreState, entry: ScoreEntry, scoring: ScoringPolicy): ScoreState {
  const before = lookup(state.sums, entry.group) ?? '0';
  const halfLife = lookup(scoring.groups, entry.group)?.halfLife;
  const after =
    halfLife === undefined
      ? (BigInt(before) + BigInt(entry.micro)).toString()
      : formatSum(add(parseSum(before), weigh(entry.micro, entry.occurred, parseDuration(halfLife))));
  const { [entry.group]: _, ...others } = state.sums;
  return {
    version: Math.max(state.version, entry.n),
    sums: after === '0' ? others : { ...others, [entry.group]: after },
    lastEventAt: isActivity(entry, scoring)
      ? Math.max(state.lastEventAt ?? entry.occurred, entry.occurred)
      : state.lastEventAt,
  };
}

/** Folds a whole ledger; see {@link foldEntry}. */
export const foldLedger = (entries: readonly ScoreEntry[], scoring: ScoringPolicy): ScoreState =>
  entries.reduce((state, entry) => foldEntry(state, entry, scoring), emptyScore);

const isActivity = (entry: ScoreEntry, scoring: ScoringPolicy): boolean =>
  entry.reverses === null && scoring.events.some(({ id }) => id === entry.rule);
