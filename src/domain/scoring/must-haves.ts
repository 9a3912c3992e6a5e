import type { MustHave, ScoringPolicy } from '../policy/scoring.schema.js';
import { holds } from './condition.js';
import { lookup } from './lookup.js';
import type { Award } from './rules.js';
import type { ScoreState } from './score.js';

/**
 * Must-haves look at fields, which are personal data; a journey knows codes only. So their state lies in the ledger,
 * in a group of its own for each, whose name no group of a policy can have: it counts as no points, and standing
 * entries add up to 1 (met), -1 (failed) or nothing (unknown), in whatever order they came.
 */
const PREFIX = 'must:';
const nameOf = ({ id }: MustHave): string => PREFIX + id;

/** `unknown`: the field is not known, so somebody asks for it; it is not failed. */
export type MustHaveState = 'met' | 'failed' | 'unknown';

/** What the field of a must-have says. */
export function mustHaveState(
  { field, when }: MustHave,
  fields: Readonly<Record<string, unknown>>,
): MustHaveState {
  const value = lookup(fields, field);
  if (holds(when, value)) return 'met';
  return holds({ present: true }, value) ? 'failed' : 'unknown';
}

/** What the ledger says of the must-haves as the fields are now. */
export const mustHaveAwards = (
  { mustHaves = [] }: ScoringPolicy,
  fields: Readonly<Record<string, unknown>>,
): Award[] =>
  mustHaves.flatMap((mustHave) => {
    const state = mustHaveState(mustHave, fields);
    const name = nameOf(mustHave);
    return state === 'unknown' ? [] : [{ rule: name, group: name, micro: state === 'met' ? 1 : -1 }];
  });

/** The rules by which ledger entries of must-haves go. */
export const mustHaveRules = ({ mustHaves = [] }: ScoringPolicy): { readonly id: string }[] =>
  mustHaves.map((mustHave) => ({ id: nameOf(mustHave) }));

/** Ids of the must-haves that are failed, and of those that nobody knows of, in the policy's order. */
export function mustHavesIn(
  { sums }: ScoreState,
  { mustHaves = [] }: ScoringPolicy,
): { readonly failed: readonly string[]; readonly unknown: readonly string[] } {
  const stands = mustHaves.map((one) => ({ id: one.id, sum: BigInt(lookup(sums, nameOf(one)) ?? '0') }));
  const those = (wanted: (sum: bigint) => boolean): string[] =>
    stands.filter(({ sum }) => wanted(sum)).map(({ id }) => id);
  return { failed: those((sum) => sum < 0n), unknown: those((sum) => sum === 0n) };
}
