import fc from 'fast-check';
import type { ScoringPolicy } from '../../../src/domain/policy/scoring.schema.js';
import { holds } from '../../../src/domain/scoring/condition.js';
import { comparePlaces } from '../../../src/domain/scoring/place.js';
import type { LeadEvent } from '../../../src/domain/scoring/windows.js';
import { parseDuration } from '../../../src/domain/time.js';
import { HOUR, MINUTE, scoring as base, START } from './policies.js';

/** Rules with windows of every kind. */
export const scoring: ScoringPolicy = {
  ...base,
  fit: [],
  events: [
    { id: 'visit', group: 'engagement', event: 'visit', points: 3, coolDown: '1 hour' },
    {
      id: 'video',
      group: 'engagement',
      event: 'video',
      points: -2,
      coolDown: '2 hours',
      magnitude: { property: 'minutes', per: 0.5, most: 4 },
    },
    {
      id: 'pricing-often',
      group: 'intent',
      event: 'visit',
      where: { page: { in: ['pricing'] } },
      points: 20,
      count: { atLeast: 3, within: '1 hour' },
    },
  ],
  sequences: [
    {
      id: 'journey',
      group: 'intent',
      steps: [
        { event: 'video' },
        { event: 'visit' },
        { event: 'visit', where: { page: { in: ['pricing'] } } },
      ],
      within: '1 hour',
      points: 7,
    },
  ],
};

export const RECORDED = START + 24 * HOUR;

/** Some minutes of some hours, so that much falls into one window, onto one instant, or onto a window's edge. */
export const events = fc
  .array(
    fc.record({
      minute: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constantFrom(59, 60, 61, 119, 120)),
      kind: fc.constantFrom('visit', 'visit', 'video', 'other'),
      page: fc.constantFrom('pricing', 'pricing', 'home', null),
      minutes: fc.constantFrom(0.4, 0.5, 1, 9, null),
    }),
    { maxLength: 24, size: 'max' },
  )
  .map((drawn) =>
    drawn.map(({ minute, kind, page, minutes }, i): LeadEvent => ({
      eventId: `ev_${i}`,
      source: i % 3 === 0 ? 'app' : 'web',
      id: `e${i}`,
      kind,
      occurredAt: START + minute * MINUTE,
      properties: { page, minutes },
    })),
  );

/** The same events in another order, in batches. */
export const arrivals = events.chain((all) =>
  fc.record({
    all: fc.constant(all),
    order: fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
    batches: fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
  }),
);

type Placed = LeadEvent & { readonly occurred: number };

/** What stands by definition, said with no regard for cost. */
export function byDefinition(all: readonly LeadEvent[]): string[] {
  const sorted = all.map((event): Placed => ({ ...event, occurred: event.occurredAt })).sort(comparePlaces);
  const best = new Map<string, { micro: number; event: Placed }>();
  const offer = (rule: string, length: number, micro: number, event: Placed): void => {
    const key = `${rule} ${Math.floor(event.occurred / length)}`;
    const known = best.get(key);
    // In the order of places: an equal one later does not count.
    if (known === undefined || Math.abs(micro) > Math.abs(known.micro)) best.set(key, { micro, event });
  };
  const matching =
    (event: string, where: Record<string, object> = {}) =>
    (candidate: Placed) =>
      candidate.kind === event &&
      Object.entries(where).every(([name, condition]) => holds(condition, candidate.properties[name]));
  for (const { id, event, where, points, coolDown, count, magnitude } of scoring.events) {
    const line = sorted.filter(matching(event, where));
    line.forEach((candidate, i) => {
      if (coolDown !== undefined) {
        const value = candidate.properties.minutes;
        const times =
          magnitude === undefined ? 1 : Math.min(4, Math.floor(((value as number | null) ?? 0) * 2));
        if (times > 0) offer(id, parseDuration(coolDown), points * 1e6 * times, candidate);
      }
      if (count !== undefined) {
        const first = line[i - count.atLeast + 1];
        const length = parseDuration(count.within);
        if (first && candidate.occurred - first.occurred < length) offer(id, length, points * 1e6, candidate);
      }
    });
  }
  for (const { id, steps, within, points } of scoring.sequences ?? []) {
    const length = parseDuration(within);
    const chains = (step: number, last: Placed, from: number): boolean => {
      if (step < 0) return true;
      const { event, where } = steps[step]!;
      return sorted
        .filter(matching(event, where))
        .some(
          (one) =>
            comparePlaces(one, last) < 0 && from - one.occurred < length && chains(step - 1, one, from),
        );
    };
    const { event, where } = steps.at(-1)!;
    for (const end of sorted.filter(matching(event, where))) {
      if (chains(steps.length - 2, end, end.occurred)) offer(id, length, points * 1e6, end);
    }
  }
  return [...best].map(([key, { micro, event }]) => `${key} ${micro} ${event.id}`).sort();
}

/** The length of a rule's windows. */
export function windowLength(rule: string): number {
  const event = scoring.events.find(({ id }) => id === rule);
  const sequence = scoring.sequences?.find(({ id }) => id === rule);
  return parseDuration(sequence?.within ?? event?.coolDown ?? event?.count?.within ?? '');
}
