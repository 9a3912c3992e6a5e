import type { Input } from '../domain/journey/inputs.js';
import type { Refusal } from '../domain/journey/refusals.js';
import { MINUTE } from '../domain/time.js';
import type { RefusalCounts } from './lead-store.js';

/** Equal refusals that are journaled within a minute; from the next one on they are counted. */
const JOURNALED_PER_MINUTE = 3;

/** Counts a refusal; equal are those of the same command, code and actor. */
export function countRefusal(
  known: RefusalCounts,
  { kind, actor, at }: Input,
  refusal: Refusal,
): { readonly refusals: RefusalCounts; readonly flooded: boolean } {
  const key = [kind, refusal, actor.kind, actor.id ?? '', actor.onBehalfOf ?? ''].join('|');
  const recent = Object.entries(known).filter(([, { since }]) => at - since < MINUTE);
  const before = Object.fromEntries(recent)[key];
  const count = (before?.count ?? 0) + 1;
  return {
    refusals: { ...Object.fromEntries(recent), [key]: { since: before?.since ?? at, count } },
    flooded: count > JOURNALED_PER_MINUTE,
  };
}
