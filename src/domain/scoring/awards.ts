import type { ScoringPolicy } from '../policy/scoring.schema.js';
import type { Instant } from '../time.js';
import { holds } from './condition.js';
import { lookup } from './lookup.js';
import { timesOf } from './magnitude.js';
import { mustHaveAwards, mustHaveRules } from './must-haves.js';
import { type Award, awardOf, rulesFor } from './rules.js';
import type { ScoreEntry } from './score.js';

/** What scoring looks at in an event. */
export interface ScoredEvent {
  readonly kind: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What a new entry needs beside its award; `n` is the lead's next entry number. */
export interface EntryContext {
  readonly n: number;
  readonly recorded: Instant;
  readonly cause: string;
}

/** What an event earns by itself: by rules of its kind whose conditions hold and that look at no other event. */
export function eventAwards(scoring: ScoringPolicy, { kind, properties }: ScoredEvent): Award[] {
  const awards: Award[] = [];
  for (const rule of rulesFor(scoring, kind).single) {
    if (rule.coolDown !== null || !rule.matches(properties)) continue;
    const times = rule.magnitude === null ? 1 : timesOf(rule.magnitude, properties);
    if (times > 0) awards.push(times === 1 ? rule.award : { ...rule.award, micro: rule.award.micro * times });
  }
  return awards;
}

/** What the lead's fields are worth as they are now: at most one award for each fit rule. */
export function fitAwards(scoring: ScoringPolicy, fields: Readonly<Record<string, unknown>>): Award[] {
  return scoring.fit.filter((rule) => holds(rule.when, lookup(fields, rule.field))).map(awardOf);
}

/** All that the ledger says of the lead's fields as they are now: what they are worth, and the must-haves. */
export const fieldAwards = (scoring: ScoringPolicy, fields: Readonly<Record<string, unknown>>): Award[] => [
  ...fitAwards(scoring, fields),
  ...mustHaveAwards(scoring, fields),
];

/** The rules of {@link fieldAwards}. */
export const fieldRules = (scoring: ScoringPolicy): { readonly id: string }[] => [
  ...scoring.fit,
  ...mustHaveRules(scoring),
];

/** What sales found out is worth: one award for each rule whose criterion has that answer. */
export function criterionAwards(
  scoring: ScoringPolicy,
  answers: Readonly<Record<string, 'confirmed' | 'lost' | 'unknown'>>,
): Award[] {
  return (scoring.criteria ?? [])
    .filter(({ criterion, answer = 'confirmed' }) => lookup(answers, criterion) === answer)
    .map(awardOf);
}

/** Those entries of a ledger by these rules that still stand: not reversals, and not reversed. */
export function standingEntries(
  rules: readonly { readonly id: string }[],
  entries: readonly ScoreEntry[],
): ScoreEntry[] {
  const ids = new Set(rules.map(({ id }) => id));
  const reversed = new Set(entries.map(({ reverses }) => reverses));
  return entries.filter(({ n, rule, reverses }) => reverses === null && ids.has(rule) && !reversed.has(n));
}

/**
 * What an update of fields (or criteria) writes: reversals of the standing entries that no longer hold, and the awards
 * that are new. An award that is equal (rule, group, points) stays and keeps the time at which it was given.
 */
export function awardChanges<T extends Award>(
  standing: readonly T[],
  next: readonly Award[],
): { readonly reverse: readonly T[]; readonly add: readonly Award[] } {
  const add = [...next];
  const reverse = standing.filter((current) => {
    const kept = add.findIndex(
      ({ rule, group, micro }) => rule === current.rule && group === current.group && micro === current.micro,
    );
    if (kept >= 0) add.splice(kept, 1);
    return kept < 0;
  });
  return { reverse, add };
}

/**
 * The ledger entry of an award. What claims to be from the future counts from when we heard of it, so that
 * age is never negative for whoever reads the score afterwards.
 */
export function awardEntry(
  { rule, group, micro }: Award,
  occurred: Instant,
  { n, recorded, cause }: EntryContext,
): ScoreEntry {
  const at = occurred < recorded ? occurred : recorded;
  // Spelled out: this is done for every event, and copying objects is most of what it costs.
  return { n, rule, group, micro, occurred: at, recorded, cause, reverses: null };
}

/** The entry that takes another back: the negated points at the same `occurred`, so that they cancel exactly. */
export function reversalEntry(entry: ScoreEntry, context: EntryContext): ScoreEntry {
  const { rule, group, micro, occurred, n } = entry;
  return { rule, group, micro: micro === 0 ? 0 : -micro, occurred, ...context, reverses: n };
}
