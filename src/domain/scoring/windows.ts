import type { ScoringPolicy } from '../policy/scoring.schema.js';
import type { Instant, Milliseconds } from '../time.js';
import { timesOf } from './magnitude.js';
import { comparePlaces, countBefore, type Place, windowOf } from './place.js';
import { type Award, rulesFor, rulesOf, type TimedRule } from './rules.js';
import type { ScoreEntry } from './score.js';

/**
 * Rules that give one award in a UTC window (cool-downs, counts, sequences), defined on the set of a lead's events,
 * so that the order of arrival cannot matter. An event can only complete what it is part of itself: it is enough to
 * look at its neighbours, however many events the lead has.
 */

/** An event of a lead; `eventId` is our own opaque id, source and id are those of the system that it came from. */
export interface LeadEvent {
  readonly eventId: string;
  readonly source: string;
  readonly id: string;
  readonly kind: string;
  readonly occurredAt: Instant;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** An event where a count or sequence looks for it; a count has step 0 only. */
export interface StepPlace extends Place {
  readonly rule: string;
  readonly step: number;
  readonly eventId: string;
}

/** The award that a window has. */
export interface Standing {
  readonly rule: string;
  readonly window: Instant;
  readonly place: Place;
  readonly entry: ScoreEntry;
}

/** What was there before some events came: at least what {@link windowNeeds} asks for. */
export interface KnownWindows {
  readonly standing: readonly Standing[];
  readonly steps: readonly StepPlace[];
}

export const NOTHING_KNOWN: KnownWindows = { standing: [], steps: [] };

/** What one of the new events makes it necessary to know. */
export type WindowNeed =
  | { readonly type: 'standing'; readonly rule: string; readonly window: Instant }
  /** So many neighbours on each side, less than `within` away. */
  | {
      readonly type: 'neighbours';
      readonly of: StepPlace;
      readonly most: number;
      readonly within: Milliseconds;
    }
  /**
   * Less than `within` away: the latest event of the step before, from there the latest of the one before that, and so
   * on; likewise the earliest of each step after; and the earliest of the last step (`last`) from `nextWindow` on.
   */
  | {
      readonly type: 'chain';
      readonly of: StepPlace;
      readonly last: number;
      readonly within: Milliseconds;
      readonly nextWindow: Instant;
    };

/** What has to be known to score new events of a lead; nothing where no rule looks back. */
export function windowNeeds(scoring: ScoringPolicy, events: readonly LeadEvent[]): WindowNeed[] {
  const needs: WindowNeed[] = [];
  if (!rulesOf(scoring).lookBack) return needs;
  const windows = new Set<string>();
  const standing = (rule: string, window: Instant): void => {
    const key = `${rule} ${window}`;
    if (windows.has(key)) return;
    windows.add(key);
    needs.push({ type: 'standing', rule, window });
  };
  for (const event of events) {
    for (const { award, within } of coolDownsOf(scoring, event)) {
      standing(award.rule, windowOf(event.occurredAt, within));
    }
    for (const { rule, place } of stepsOf(scoring, event)) {
      const { within } = rule;
      const window = windowOf(place.occurred, within);
      standing(place.rule, window);
      standing(place.rule, window + within);
      if (rule.type === 'count') {
        needs.push({ type: 'neighbours', of: place, most: rule.atLeast - 1, within });
      } else {
        needs.push({ type: 'chain', of: place, last: rule.steps - 1, within, nextWindow: window + within });
      }
    }
  }
  return needs;
}

/** An award for a window, and the one that it takes the place of. */
export interface WindowAward extends Award {
  readonly window: Instant;
  readonly place: Place;
  readonly eventId: string;
  readonly replaces: ScoreEntry | null;
}

/** What new events give by rules with windows, and where counts and sequences find them from now on. */
export function windowAwards(
  scoring: ScoringPolicy,
  events: readonly LeadEvent[],
  { standing, steps }: KnownWindows,
): { readonly awards: readonly WindowAward[]; readonly steps: readonly StepPlace[] } {
  if (!rulesOf(scoring).lookBack) return { awards: [], steps: [] };
  const best = new Best(standing);
  const fresh: Step[] = [];
  for (const event of events) {
    for (const { award, within } of coolDownsOf(scoring, event)) best.offer(award, within, placeOf(event));
    for (const step of stepsOf(scoring, event)) fresh.push(step);
  }
  const places = fresh.map(({ place }) => place);
  if (fresh.length > 0) {
    const lines = new TimeLines([...steps, ...places]);
    for (const { rule, place } of fresh) {
      const completed =
        rule.type === 'count' ? countsWith(place, rule, lines) : chainsWith(place, rule, lines);
      for (const end of completed) best.offer(rule.award, rule.within, end);
    }
  }
  return { awards: best.awards(), steps: places };
}

interface EventPlace extends Place {
  readonly eventId: string;
}

const placeOf = ({ occurredAt, source, id, eventId }: LeadEvent): EventPlace => ({
  occurred: occurredAt,
  source,
  id,
  eventId,
});

interface CoolDown {
  readonly award: Award;
  readonly within: Milliseconds;
}

function coolDownsOf(scoring: ScoringPolicy, { kind, properties }: LeadEvent): CoolDown[] {
  const found: CoolDown[] = [];
  for (const rule of rulesFor(scoring, kind).single) {
    if (rule.coolDown === null || !rule.matches(properties)) continue;
    const times = rule.magnitude === null ? 1 : timesOf(rule.magnitude, properties);
    if (times === 0) continue;
    const award = times === 1 ? rule.award : { ...rule.award, micro: rule.award.micro * times };
    found.push({ award, within: rule.coolDown });
  }
  return found;
}

interface Step {
  readonly rule: TimedRule;
  readonly place: StepPlace;
}

function stepsOf(scoring: ScoringPolicy, event: LeadEvent): Step[] {
  const found: Step[] = [];
  for (const { rule, step, matches } of rulesFor(scoring, event.kind).timed) {
    if (!matches(event.properties)) continue;
    const { occurredAt: occurred, source, id, eventId } = event;
    found.push({ rule, place: { rule: rule.award.rule, step, occurred, source, id, eventId } });
  }
  return found;
}

/** In each window the award with the most points, then the earliest. */
class Best {
  readonly #standing = new ByWindow<Standing>();
  readonly #best = new ByWindow<{ award: Award; window: Instant; place: EventPlace }>();

  constructor(standing: readonly Standing[]) {
    for (const one of standing) this.#standing.set(one.rule, one.window, one);
  }

  offer(award: Award, within: Milliseconds, place: EventPlace): void {
    const window = windowOf(place.occurred, within);
    const standing = this.#standing.get(award.rule, window);
    const best = this.#best.get(award.rule, window);
    if (standing !== undefined && !isBetter(award, place, standing.entry, standing.place)) return;
    if (best !== undefined && !isBetter(award, place, best.award, best.place)) return;
    this.#best.set(award.rule, window, { award, window, place });
  }

  awards(): WindowAward[] {
    return this.#best.all().map(({ award, window, place: { occurred, source, id, eventId } }) => ({
      ...award,
      window,
      place: { occurred, source, id },
      eventId,
      replaces: this.#standing.get(award.rule, window)?.entry ?? null,
    }));
  }
}

class ByWindow<T> {
  readonly #rules = new Map<string, Map<Instant, T>>();

  get(rule: string, window: Instant): T | undefined {
    return this.#rules.get(rule)?.get(window);
  }

  set(rule: string, window: Instant, value: T): void {
    const windows = this.#rules.get(rule);
    if (windows === undefined) this.#rules.set(rule, new Map([[window, value]]));
    else windows.set(window, value);
  }

  all(): T[] {
    return [...this.#rules.values()].flatMap((windows) => [...windows.values()]);
  }
}

/** Of a rule that takes points away, the one that takes most away counts. */
function isBetter(
  one: { readonly micro: number },
  at: Place,
  other: { readonly micro: number },
  there: Place,
): boolean {
  const more = Math.abs(one.micro) - Math.abs(other.micro);
  return more === 0 ? comparePlaces(at, there) < 0 : more > 0;
}

/** Events by rule and step, in their order. */
class TimeLines {
  readonly #lines = new Map<string, StepPlace[][]>();

  constructor(places: readonly StepPlace[]) {
    for (const place of places) {
      let steps = this.#lines.get(place.rule);
      if (steps === undefined) this.#lines.set(place.rule, (steps = []));
      (steps[place.step] ??= []).push(place);
    }
    for (const steps of this.#lines.values()) {
      for (const [step, line] of steps.entries()) steps[step] = inOrder(line);
    }
  }

  of(rule: string, step: number): readonly StepPlace[] {
    return this.#lines.get(rule)?.[step] ?? [];
  }
}

/** Each place once: neighbours of several new events may be the same. */
function inOrder(line: StepPlace[] | undefined): StepPlace[] {
  const sorted = (line ?? []).sort(comparePlaces);
  return sorted.filter((place, i) => i === 0 || comparePlaces(place, sorted[i - 1] ?? place) !== 0);
}

/** The events with which a count is complete, and this one is among those counted. */
function countsWith(
  place: StepPlace,
  { atLeast, within }: Extract<TimedRule, { type: 'count' }>,
  lines: TimeLines,
): readonly StepPlace[] {
  const line = lines.of(place.rule, place.step);
  const own = countBefore(line, place);
  const completed: StepPlace[] = [];
  for (let i = Math.max(own, atLeast - 1); i < own + atLeast; i++) {
    const [first, end] = [line[i - (atLeast - 1)], line[i]];
    if (end === undefined) break;
    if (first !== undefined && end.occurred - first.occurred < within) completed.push(end);
  }
  return completed;
}

/** The earliest ends of sequences that have this event as its step, in each window where there is one. */
function chainsWith(
  place: StepPlace,
  { steps, within }: Extract<TimedRule, { type: 'sequence' }>,
  lines: TimeLines,
): readonly StepPlace[] {
  const { rule, step } = place;
  let start: StepPlace | undefined = place;
  for (let s = step - 1; s >= 0; s--) {
    const line = lines.of(rule, s);
    start = line[countBefore(line, start) - 1];
    if (start === undefined) return [];
  }
  let end: StepPlace | undefined = place;
  for (let s = step + 1; s < steps; s++) end = firstAfter(lines.of(rule, s), end);
  if (end === undefined) return [];
  const begun = start.occurred;
  const nextWindow = windowOf(place.occurred, within) + within;
  const ends = [end];
  if (step < steps - 1 && end.occurred < nextWindow) {
    const last = lines.of(rule, steps - 1);
    const later = last[countBefore(last, { occurred: nextWindow, source: '', id: '' })];
    if (later !== undefined) ends.push(later);
  }
  return ends.filter(({ occurred }) => occurred - begun < within);
}

function firstAfter(line: readonly StepPlace[], place: StepPlace | undefined): StepPlace | undefined {
  if (place === undefined) return undefined;
  const next = countBefore(line, place);
  const found = line[next];
  return found !== undefined && comparePlaces(found, place) === 0 ? line[next + 1] : found;
}
