import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { standingEntries } from '../../../src/domain/scoring/awards.js';
import { foldLedger } from '../../../src/domain/scoring/fold.js';
import { wholeTimes } from '../../../src/domain/scoring/magnitude.js';
import type { LeadEvent } from '../../../src/domain/scoring/windows.js';
import { size } from '../../support/size.js';
import { MINUTE, START } from './policies.js';
import { arrivals, byDefinition, RECORDED, scoring, windowLength } from './window-cases.js';
import { WindowStore } from './window-store.js';

const standing = (store: WindowStore): string[] =>
  [...store.standing.values()]
    .map(
      ({ rule, window, entry, place }) => `${rule} ${window / windowLength(rule)} ${entry.micro} ${place.id}`,
    )
    .sort();

function bringAll(order: readonly LeadEvent[], batches: Iterator<number>): WindowStore {
  const store = new WindowStore(scoring, RECORDED);
  for (let i = 0; i < order.length;) {
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
        const stands = standingEntries(rules, store.entries).map(({ rule, micro, cause }) => ({
          rule,
          micro,
          cause,
        }));
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
