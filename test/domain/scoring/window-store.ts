import type { ScoringPolicy } from '../../../src/domain/policy/scoring.schema.js';
import { comparePlaces } from '../../../src/domain/scoring/place.js';
import { scoreEvents } from '../../../src/domain/scoring/score-events.js';
import type { ScoreEntry } from '../../../src/domain/scoring/score.js';
import {
  type KnownWindows,
  type LeadEvent,
  type Standing,
  type StepPlace,
  type WindowNeed,
  windowNeeds,
} from '../../../src/domain/scoring/windows.js';

/** A lead's windows in memory, which tells just what it is asked for: as the database does. */
export class WindowStore {
  readonly entries: ScoreEntry[] = [];
  readonly standing = new Map<string, Standing>();
  readonly steps: StepPlace[] = [];

  constructor(
    private readonly scoring: ScoringPolicy,
    private readonly recorded: number,
  ) {}

  /** Takes events in at once. */
  bring(events: readonly LeadEvent[]): void {
    const needs = windowNeeds(this.scoring, events);
    const known: KnownWindows = {
      standing: needs.flatMap((need) => {
        const one = need.type === 'standing' ? this.standing.get(`${need.rule} ${need.window}`) : undefined;
        return one === undefined ? [] : [one];
      }),
      steps: needs.flatMap((need) => this.#placesFor(need)),
    };
    const scored = scoreEvents(this.scoring, events, known, this.entries.length, this.recorded);
    this.steps.push(...scored.steps);
    this.entries.push(...scored.entries);
    for (const one of scored.standing) this.standing.set(`${one.rule} ${one.window}`, one);
  }

  #placesFor(need: WindowNeed): StepPlace[] {
    if (need.type === 'standing') return [];
    const { of, within } = need;
    const line = (step: number) =>
      this.steps
        .filter((place) => place.rule === of.rule && place.step === step)
        .filter(({ occurred }) => Math.abs(occurred - of.occurred) < within)
        .sort(comparePlaces);
    if (need.type === 'neighbours') {
      const before = line(of.step).filter((place) => comparePlaces(place, of) < 0);
      const after = line(of.step).filter((place) => comparePlaces(place, of) > 0);
      return [...before.slice(-need.most), ...after.slice(0, need.most)];
    }
    const found: (StepPlace | undefined)[] = [];
    let at: StepPlace | undefined = of;
    for (let step = of.step - 1; step >= 0 && at !== undefined; step--) {
      const from: StepPlace = at;
      found.push((at = line(step).findLast((place) => comparePlaces(place, from) < 0)));
    }
    at = of;
    for (let step = of.step + 1; step <= need.last && at !== undefined; step++) {
      const from: StepPlace = at;
      found.push((at = line(step).find((place) => comparePlaces(place, from) > 0)));
    }
    if (of.step < need.last) {
      found.push(line(need.last).find(({ occurred }) => occurred >= need.nextWindow));
    }
    return found.filter((place) => place !== undefined);
  }
}
