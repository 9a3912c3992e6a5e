import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ScoringPolicy } from '../../../src/domain/policy/scoring.schema.js';
import { comparePlaces } from '../../../src/domain/scoring/place.js';
import { foldLedger } from '../../../src/domain/scoring/fold.js';
import { standingEntries } from '../../../src/domain/scoring/awards.js';
import { holds } from '../../../src/domain/scoring/condition.js';
import { wholeTimes } from '../../../src/domain/scoring/magnitude.js';
import type { LeadEvent } from '../../../src/domain/scoring/windows.js';
import { parseDuration } from '../../../src/domain/time.js';
import { size } from '../../support/size.js';
import { HOUR, MINUTE, scoring as base, START } from './policies.js';
import { WindowStore } from './window-store.js';

const scoring: ScoringPolicy = {
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
      steps: [{ event: 'video' }, { event: 'visit' }, { event: 'visit', where: { page: { in: ['pricing'] } } }],
      within: '1 hour',
      points: 7,
    },
  ],
};

const RECORDED = START + 24 * HOUR;

/** Some minutes of some hours, so that much falls into one window, onto one instant, or onto a window's edge. */
const events = fc
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
    drawn.map(
      ({ minute, kind, page, minutes }, i): LeadEvent => ({
        eventId: `ev_${i}`,
        source: i % 3 === 0 ? 'app' : 'web',
        id: `e${i}`,
        kind,
        occurredAt: START + minute * MINUTE,
        properties: { page, minutes },
      }),
    ),
  );

/** The same events in another order, in batches. */
const arrivals = events.chain((all) =>
  fc.record({
    all: fc.constant(all),
    order: fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
    batches: fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
  }),
);

type Placed = LeadEvent & { readonly occurred: number };

/** What stands by definition, said with no regard for cost. */
function byDefinition(all: readonly LeadEvent[]): string[] {
  const sorted = all.map((event): Placed => ({ ...event, occurred: event.occurredAt })).sort(comparePlaces);
  const best = new Map<string, { micro: number; event: Placed }>();
  const offer = (rule: string, length: number, micro: number, event: Placed): void => {
    const key = `${rule} ${Math.floor(event.occurred / length)}`;
    const known = best.get(key);
    // In the order of places: an equal one later does not count.
    if (known === undefined || Math.abs(micro) > Math.abs(known.micro)) best.set(key, { micro, event });
  };
  const matching = (event: string, where: Record<string, object> = {}) => (candidate: Placed) =>
    candidate.kind === event &&
    Object.entries(where).every(([name, condition]) => holds(condition, candidate.properties[name]));
  for (const { id, event, where, points, coolDown, count, magnitude } of scoring.events) {
    const line = sorted.filter(matching(event, where));
    line.forEach((candidate, i) => {
      if (coolDown !== undefined) {
        const value = candidate.properties.minutes;
        const times = magnitude === undefined ? 1 : Math.min(4, Math.floor(((value as number | null) ?? 0) * 2));
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
  return [...best].map(([key, { micro, event }]) => `${key} ${micro} ${event.eventId}`).sort();
}

const standing = (store: WindowStore): string[] =>
  [...store.standing.values()]
    .map(({ rule, window, entry }) => {
      const rules = [...scoring.events, ...(scoring.sequences ?? [])].map((one) => ({
        id: one.id,
        length: 'within' in one ? one.within : (one.coolDown ?? one.count?.within ?? ''),
      }));
      const length = parseDuration(rules.find(({ id }) => id === rule)!.length);
      return `${rule} ${window / length} ${entry.micro} ${entry.cause}`;
    })
    .sort();

function bringAll(order: readonly LeadEvent[], batches: Iterator<number>): WindowStore {
  const store = new WindowStore(scoring, RECORDED);
  for (let i = 0; i < order.length; ) {
    const length = batches.next().value as number;
    store.bring(order.slice(i, i + length));
    i += length;
  }
  return store;
}

describe('awards for windows', () => {
  it('are those of the definition, in any order of arrival and any batches, from a look at neighbours only', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(arrivals, ({ all, order, batches }) => {
        const store = bringAll(order, batches);
        const expected = byDefinition(all);
        expect(standing(store)).toEqual(expected);
        for (const line of expected) {
          const rule = line.split(' ')[0]!;
          seen.set(rule, (seen.get(rule) ?? 0) + 1);
        }
        // The ledger says the same: what stands is what was not reversed.
        const rules = [...scoring.events, ...(scoring.sequences ?? [])];
        const stands = standingEntries(rules, store.entries).map(({ rule, micro, cause }) => ({ rule, micro, cause }));
        expect(stands).toHaveLength(expected.length);
        const atOnce = new WindowStore(scoring, RECORDED);
        atOnce.bring(all);
        expect(foldLedger(store.entries, scoring).sums).toEqual(foldLedger(atOnce.entries, scoring).sums);
      }),
      { numRuns: size(400, 20_000) },
    );
    // Every rule was met often enough to mean something.
    for (const rule of ['visit', 'video', 'pricing-often', 'journey']) {
      expect(seen.get(rule)).toBeGreaterThan(50);
    }
  });

  const visit = (n: number, minute: number, page = 'pricing'): LeadEvent => ({
    eventId: `ev_${n}`,
    source: 'web',
    id: `e${n}`,
    kind: 'visit',
    occurredAt: START + minute * MINUTE,
    properties: { page },
  });

  it('go to the earliest of a cool-down, and a late one takes the place of the one before', () => {
    const store = new WindowStore(scoring, RECORDED);
    store.bring([visit(1, 30, 'home')]);
    store.bring([visit(2, 40, 'home')]);
    store.bring([visit(3, 20, 'home')]);
    expect(store.entries).toMatchObject([
      { rule: 'visit', micro: 3_000_000, cause: 'ev_1', reverses: null },
      { micro: -3_000_000, reverses: 1 },
      { cause: 'ev_3', occurred: START + 20 * MINUTE },
    ]);
  });

  it('count over the edge of a window, and not once more than asked for', () => {
    const store = new WindowStore(scoring, RECORDED);
    store.bring([visit(1, 50), visit(2, 55), visit(3, 65), visit(4, 70)]);
    const counted = [...store.standing.values()].filter(({ rule }) => rule === 'pricing-often');
    expect(counted.map(({ entry }) => entry.cause)).toEqual(['ev_3']);
    // An hour later is not less than an hour.
    const slow = new WindowStore(scoring, RECORDED);
    slow.bring([visit(1, 0), visit(2, 30), visit(3, 60)]);
    expect([...slow.standing.values()].some(({ rule }) => rule === 'pricing-often')).toBe(false);
  });
});

describe('a magnitude', () => {
  it('goes into a value as often as decimals say', () => {
    expect([wholeTimes(0.3, 0.1), wholeTimes(0.29, 0.1), wholeTimes(7, 2.5)]).toEqual([3, 2, 2]);
    expect([wholeTimes(-3, 1), wholeTimes(NaN, 1), wholeTimes(0, 1)]).toEqual([0, 0, 0]);
    expect(wholeTimes(Number.MAX_VALUE, 1)).toBe(1e15);
  });

  it('is exact for every decimal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 1e6 }), (value, per) => {
        expect(wholeTimes(value / 1e6, per / 1e6)).toBe(Math.floor(value / per));
      }),
      { numRuns: size(300, 20_000) },
    );
  });
});
