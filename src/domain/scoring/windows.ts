import type { ScoringPolicy } from '../policy/scoring.schema.js';
import type { Instant, Milliseconds } from '../time.js';
import { timesOf } from './magnitude.js';
import { comparePlaces, countBefore, type Place, windowOf } from './place.js';
import { type Award, rulesFor, type TimedRule } from './rules.js';
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
  const windows = new Set<string>();
  const standing = (rule: string, window: Instant): void => {
    const key = windowKey(rule, window);
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
  const best = new Best(standing);
  const fresh: { readonly rule: TimedRule; readonly place: StepPlace }[] = [];
  for (const event of events) {
    for (const { award, within } of coolDownsOf(scoring, event)) best.offer(award, within, placeOf(event));
    fresh.push(...stepsOf(scoring, event));
  }
  if (fresh.length > 0) {
    const lines = new TimeLines([...steps, ...fresh.map(({ place }) => place)]);
    for (const { rule, place } of fresh) {
      const completed =
        rule.type === 'count' ? countsWith(place, rule, lines) : chainsWith(place, rule, lines);
      for (const end of completed) best.offer(rule.award, rule.within, end);
    }
  }
  return { awards: best.awards(), steps: fresh.map(({ place }) => place) };
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

function coolDownsOf(
  scoring: ScoringPolicy,
  { kind, properties }: LeadEvent,
): { readonly award: Award; readonly within: Milliseconds }[] {
  return rulesFor(scoring, kind).single.flatMap((rule) => {
    if (rule.coolDown === null || !rule.matches(properties)) return [];
    const times = rule.magnitude === null ? 1 : timesOf(rule.magnitude, properties);
    if (times === 0) return [];
    return [{ award: { ...rule.award, micro: rule.award.micro * times }, within: rule.coolDown }];
  });
}

const stepsOf = (
  scoring: ScoringPolicy,
  event: LeadEvent,
): { readonly rule: TimedRule; readonly place: StepPlace }[] =>
  rulesFor(scoring, event.kind)
    .timed.filter((step) => step.matches(event.properties))
    .map(({ rule, step }) => ({ rule, place: { ...placeOf(event), rule: rule.award.rule, step } }));

const windowKey = (rule: string, window: Instant): string => `${rule} ${window}`;

/** In each window the award with the most points, then the earliest. */
class Best {
  readonly #standing: ReadonlyMap<string, Standing>;
  readonly #best = new Map<string, Omit<WindowAward, 'replaces'>>();

  constructor(standing: readonly Standing[]) {
    this.#standing = new Map(standing.map((one) => [windowKey(one.rule, one.window), one]));
  }

  offer(award: Award, within: Milliseconds, { eventId, ...place }: EventPlace): void {
    const window = windowOf(place.occurred, within);
    const key = windowKey(award.rule, window);
    const standing = this.#standing.get(key);
    const best = this.#best.get(key);
    if (standing !== undefined && !isBetter(award, place, standing.entry, standing.place)) return;
    if (best !== undefined && !isBetter(award, place, best, best.place)) return;
    const { occurred, source, id } = place;
    this.#best.set(key, { ...award, window, place: { occurred, source, id }, eventId });
  }

  awards(): WindowAward[] {
    return [...this.#best].map(([key, award]) => ({
      ...award,
      replaces: this.#standing.get(key)?.entry ?? null,
    }));
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
  readonly #lines = new Map<string, StepPlace[]>();

  constructor(places: readonly StepPlace[]) {
    for (const place of places) {
      const key = `${place.rule} ${place.step}`;
      const line = this.#lines.get(key);
      if (line === undefined) this.#lines.set(key, [place]);
      else line.push(place);
    }
    for (const [key, line] of this.#lines) {
      line.sort(comparePlaces);
      // Neighbours of several new events may be the same.
      this.#lines.set(
        key,
        line.filter((place, i) => i === 0 || comparePlaces(place, line[i - 1] ?? place) !== 0),
      );
    }
  }

  of(rule: string, step: number): readonly StepPlace[] {
    return this.#lines.get(`${rule} ${step}`) ?? [];
  }
}

/** The events with which a count is complete, and this one is among those counted. */
function countsWith(
  place: StepPlace,
  { atLeast, within }: Extract<TimedRule, { type: 'count' }>,
  lines: TimeLines,
): readonly StepPlace[] {
  const line = lines.of(place.rule, place.step);
  const own = countBefore(line, place);
  return line.slice(own, own + atLeast).filter((end, i) => {
    const first = line[own + i - (atLeast - 1)];
    return first !== undefined && end.occurred - first.occurred < within;
  });
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
