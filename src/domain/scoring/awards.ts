import type { Condition } from '../policy/schema-parts.js';
import type { ScoringPolicy } from '../policy/scoring.schema.js';
import type { Instant } from '../time.js';
import { holds } from './condition.js';
import { lookup } from './lookup.js';
import { MICRO, type ScoreEntry } from './score.js';

/** The points that one rule gives, in micro-points. */
export interface Award {
  readonly rule: string;
  readonly group: string;
  readonly micro: number;
}

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

const awardOf = (rule: { id: string; group: string; points: number }): Award => ({
  rule: rule.id,
  group: rule.group,
  micro: Math.round(rule.points * MICRO),
});

/** What an event earns: one award for every rule of its kind whose conditions all hold, in the policy's order. */
export function eventAwards(scoring: ScoringPolicy, event: ScoredEvent): Award[] {
  const matches = (where: Readonly<Record<string, Condition>>) =>
    Object.entries(where).every(([property, condition]) =>
      holds(condition, lookup(event.properties, property)),
    );
  return scoring.events.filter((rule) => rule.event === event.kind && matches(rule.where ?? {})).map(awardOf);
}

/** What the lead's fields are worth as they are now: at most one award for each fit rule. */
export function fitAwards(scoring: ScoringPolicy, fields: Readonly<Record<string, unknown>>): Award[] {
  return scoring.fit.filter((rule) => holds(rule.when, lookup(fields, rule.field))).map(awardOf);
}

/** The fit entries of a ledger that still stand: not reversals, and not reversed. */
export function standingFit(scoring: ScoringPolicy, entries: readonly ScoreEntry[]): ScoreEntry[] {
  const rules = new Set(scoring.fit.map(({ id }) => id));
  const reversed = new Set(entries.map(({ reverses }) => reverses));
  return entries.filter(({ n, rule, reverses }) => reverses === null && rules.has(rule) && !reversed.has(n));
}

/**
 * What an update of the fields writes: reversals of the standing entries that no longer hold, and the awards
 * that are new. An award that is equal (rule, group, points) stays and keeps the time at which it was given.
 */
export function fitChanges<T extends Award>(
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
export function awardEntry(award: Award, occurred: Instant, context: EntryContext): ScoreEntry {
  return { ...award, ...context, occurred: Math.min(occurred, context.recorded), reverses: null };
}

/** The entry that takes another back: the negated points at the same `occurred`, so that they cancel exactly. */
export function reversalEntry(entry: ScoreEntry, context: EntryContext): ScoreEntry {
  const { rule, group, micro, occurred, n } = entry;
  return { rule, group, micro: micro === 0 ? 0 : -micro, occurred, ...context, reverses: n };
}
