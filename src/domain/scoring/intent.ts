import type { IntentRule, ScoringPolicy } from '../policy/scoring.schema.js';
import { type Instant, parseDuration } from '../time.js';
import { comparePlaces, countBefore, type Place, windowOf } from './place.js';
import { awardOf, type Award } from './rules.js';
import type { ScoreEntry } from './score.js';

/**
 * Intent: what an account looks for elsewhere. A window of an account has a surge when its signals are many, and many
 * beside the account's own baseline. That follows from the set of signals; in what order they came does not matter.
 */

/** One signal of an account; `signalId` is our own opaque id. */
export interface IntentSignal extends Place {
  readonly signalId: string;
  readonly kind: string;
  readonly topic: string | null;
}

/** What a surge gives each lead of the account. */
export interface Surge extends Award {
  /** When the signal came that made it one. */
  readonly occurred: Instant;
  readonly cause: string;
}

/** Windows that began before this stay as they were scored: signals that come as late change nothing. */
const openFrom = (rule: IntentRule, now: Instant): Instant => now - parseDuration(rule.baseline);

/** The earliest instant whose signals matter; null where the policy has no rule for intent. */
export function intentSince({ intent = [] }: ScoringPolicy, now: Instant): Instant | null {
  if (intent.length === 0) return null;
  const earliest = intent.map(
    (rule) => windowOf(openFrom(rule, now), parseDuration(rule.window)) - parseDuration(rule.baseline),
  );
  return Math.min(...earliest);
}

/** The surges of an account, in the order of the policy's rules, then by windows. */
export function surgesOf(scoring: ScoringPolicy, signals: readonly IntentSignal[], now: Instant): Surge[] {
  return (scoring.intent ?? []).flatMap((rule) => {
    const own = signals
      .filter(({ kind, topic }) => kind === rule.event && isAbout(rule, topic))
      .sort(comparePlaces);
    const length = parseDuration(rule.window);
    const windows = new Map<Instant, IntentSignal[]>();
    for (const signal of own) {
      const start = windowOf(signal.occurred, length);
      const found = windows.get(start);
      if (found === undefined) windows.set(start, [signal]);
      else found.push(signal);
    }
    return [...windows].flatMap(([start, found]) => {
      if (start <= openFrom(rule, now)) return [];
      const reached = found[neededIn(rule, start, own) - 1];
      if (reached === undefined) return [];
      return [{ ...awardOf(rule), occurred: reached.occurred, cause: reached.signalId }];
    });
  });
}

function isAbout({ topics }: IntentRule, topic: string | null): boolean {
  if (topics === undefined) return true;
  const wanted = topic?.trim().toLowerCase();
  return topics.some((one) => one.trim().toLowerCase() === wanted);
}

/**
 * How many signals make a window a surge: `ratio` times what a window of the baseline before it has on average.
 * @param own all of the rule, in their order
 */
function neededIn(
  { window, baseline, surge }: IntentRule,
  start: Instant,
  own: readonly IntentSignal[],
): number {
  const { atLeast, ratio } = surge;
  if (ratio === undefined) return atLeast;
  const [length, before] = [parseDuration(window), parseDuration(baseline)];
  const since = (at: Instant): number => countBefore(own, { occurred: at, source: '', id: '' });
  const usual = since(start) - since(start - before);
  // In hundredths and whole numbers, so that nothing is rounded before the end.
  const [wanted, of] = [BigInt(Math.round(ratio * 100) * usual) * BigInt(length), BigInt(100 * before)];
  return Math.max(atLeast, Number((wanted + of - 1n) / of));
}

/** What is to be reversed and what added, so that just these surges stand where windows are open still. */
export function intentChanges(
  scoring: ScoringPolicy,
  standing: readonly ScoreEntry[],
  surges: readonly Surge[],
  now: Instant,
): { readonly reverse: readonly ScoreEntry[]; readonly add: readonly Surge[] } {
  const add = [...surges];
  const reverse = standing.filter((entry) => {
    const rule = scoring.intent?.find(({ id }) => id === entry.rule);
    if (rule === undefined || !isOpen(rule, entry, now)) return false;
    const kept = add.findIndex(
      ({ rule, group, micro, cause }) =>
        rule === entry.rule && group === entry.group && micro === entry.micro && cause === entry.cause,
    );
    if (kept >= 0) add.splice(kept, 1);
    return kept < 0;
  });
  return { reverse, add };
}

const isOpen = (rule: IntentRule, { occurred }: ScoreEntry, now: Instant): boolean =>
  windowOf(occurred, parseDuration(rule.window)) > openFrom(rule, now);

/**
 * What intent is worth under a policy that a lead comes to: the surges of open windows, and of the others what was
 * given before by the same rule for as many points.
 */
export function intentUnder(
  scoring: ScoringPolicy,
  given: readonly ScoreEntry[],
  signals: readonly IntentSignal[],
  now: Instant,
): Surge[] {
  const closed = (scoring.intent ?? []).flatMap((rule) => {
    const award = awardOf(rule);
    return given
      .filter(
        (entry) => entry.rule === award.rule && entry.group === award.group && entry.micro === award.micro,
      )
      .filter((entry) => !isOpen(rule, entry, now))
      .map(({ occurred, cause }) => ({ ...award, occurred, cause }));
  });
  return [...closed, ...surgesOf(scoring, signals, now)];
}
