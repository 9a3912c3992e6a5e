import { holds } from '../scoring/condition.js';
import { lookup } from '../scoring/lookup.js';
import type { Instant } from '../time.js';
import { CAPTURE } from './sources.js';

/** What a field can hold. */
export type FactValue = string | number | boolean | null;
type Fields = Readonly<Record<string, FactValue>>;

/** What one source says of one field. */
export interface SourcedFact {
  readonly field: string;
  readonly source: string;
  /** Null: the source knows nothing of it any more. */
  readonly value: FactValue;
  readonly occurred: Instant;
  /** Id of the event with which the source said so: of two at one instant the greater id counts. */
  readonly event: string;
  readonly recorded: Instant;
}

/** A value and who says so. */
export interface Word {
  readonly source: string;
  readonly value: FactValue;
  readonly recordedAt: Instant;
}

/** A field on which sources differ: the one that counts first, then as they would count. */
export interface FieldConflict {
  readonly field: string;
  readonly values: readonly Word[];
}

/** Negative: `a` is what the source said before `b`. */
const compareFacts = (a: SourcedFact, b: SourcedFact): number =>
  a.occurred - b.occurred || (a.event === b.event ? 0 : a.event < b.event ? -1 : 1);

const keyOf = ({ field, source }: SourcedFact): string => JSON.stringify([source, field]);

/** The newest word of each source on each field; in whatever order they come, the same ones are left. */
export function newestFacts(facts: Iterable<SourcedFact>): readonly SourcedFact[] {
  const newest = new Map<string, SourcedFact>();
  for (const fact of facts) {
    const known = newest.get(keyOf(fact));
    if (known === undefined || compareFacts(known, fact) < 0) newest.set(keyOf(fact), fact);
  }
  return [...newest.values()];
}

/** The lead's own statements come first unless they are listed; sources that are not listed come last. */
function rankOf(source: string, precedence: readonly string[]): number {
  const listed = precedence.indexOf(source);
  if (listed >= 0) return listed;
  return source === CAPTURE ? -1 : precedence.length;
}

/** Who says something of a field, the one that counts first. */
function wordsOn(
  field: string,
  stated: Fields,
  facts: readonly SourcedFact[],
  precedence: readonly string[],
): readonly Pick<SourcedFact, 'source' | 'value' | 'recorded'>[] {
  const said = facts.filter(({ field: of, value }) => of === field && known(value));
  const own = lookup(stated, field);
  const statement =
    own !== undefined && known(own)
      ? [{ field, source: CAPTURE, value: own, occurred: 0, event: '', recorded: 0 }]
      : [];
  return [...statement, ...said].sort(
    (a, b) =>
      rankOf(a.source, precedence) - rankOf(b.source, precedence) ||
      b.occurred - a.occurred ||
      (a.source < b.source ? -1 : 1),
  );
}

const known = (value: FactValue): boolean => holds({ present: true }, value);

/** What counts, and who says so. */
export type EffectiveWord = Pick<SourcedFact, 'value' | 'source'>;

/**
 * What counts of each field of which there are facts: what the first source in the precedence says that says anything.
 * @param facts the newest of each source and field
 */
export const effectiveWords = (
  stated: Fields,
  facts: readonly SourcedFact[],
  precedence: readonly string[],
): Readonly<Record<string, EffectiveWord>> =>
  Object.fromEntries(
    [...new Set(facts.map(({ field }) => field))].flatMap((field): [string, EffectiveWord][] => {
      const [first] = wordsOn(field, stated, facts, precedence);
      return first === undefined ? [] : [[field, { value: first.value, source: first.source }]];
    }),
  );

/** The lead's fields as they count; what nobody knows anything of stays as it was stated. */
export function effectiveFields(
  stated: Fields,
  facts: readonly SourcedFact[],
  precedence: readonly string[],
): Fields {
  if (facts.length === 0) return stated;
  const told = Object.entries(effectiveWords(stated, facts, precedence));
  return { ...stated, ...Object.fromEntries(told.map(([field, { value }]) => [field, value])) };
}

/**
 * The fields on which sources differ, in alphabetical order.
 * @param statedAt when the lead's own statements were last written
 */
export function conflictsIn(
  stated: Fields,
  statedAt: Instant,
  facts: readonly SourcedFact[],
  precedence: readonly string[],
): readonly FieldConflict[] {
  return [...new Set(facts.map(({ field }) => field))].sort().flatMap((field) => {
    const words = wordsOn(field, stated, facts, precedence);
    if (new Set(words.map(({ value }) => JSON.stringify(value))).size < 2) return [];
    const values = words.map(({ source, value, recorded }) => ({
      ...{ source, value },
      recordedAt: source === CAPTURE ? statedAt : recorded,
    }));
    return [{ field, values }];
  });
}
