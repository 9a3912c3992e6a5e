import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyScore, foldLedger } from '../../../src/domain/scoring/fold.js';
import { readScore } from '../../../src/domain/scoring/read.js';
import { MICRO, type ScoreEntry } from '../../../src/domain/scoring/score.js';
import { parseDuration } from '../../../src/domain/time.js';
import { size } from '../../support/size.js';
import { award, DAY, HOUR, instants, ledgers, scoring, START } from './policies.js';

/**
 * A group by brute force: each entry aged by itself with 40 decimal digits, by repeated square roots of a
 * half (a way that the code does not go), then summed, rounded and capped.
 */
const SCALE = 10n ** 40n;
const ROOTS = (() => {
  const roots: bigint[] = [];
  let root = SCALE / 2n;
  for (let i = 0; i < 110; i += 1) {
    const square = root * SCALE;
    let guess = SCALE;
    for (;;) {
      const next = (guess + square / guess) / 2n;
      if (next >= guess) break;
      guess = next;
    }
    root = guess;
    roots.push(root);
  }
  return roots;
})();

function aged(micro: number, age: number, halfLife: number): bigint {
  let value = BigInt(micro) * SCALE;
  for (let whole = Math.floor(age / halfLife); whole > 0; whole -= 1) value /= 2n;
  let rest = BigInt(age % halfLife);
  for (const root of ROOTS) {
    rest *= 2n;
    if (rest < BigInt(halfLife)) continue;
    rest -= BigInt(halfLife);
    value = (value * root) / SCALE;
  }
  return value;
}

function bruteForce(entries: readonly ScoreEntry[], group: string, at: number): number {
  const { halfLife, cap } = scoring.groups[group]!;
  const sum = entries
    .filter((entry) => entry.group === group)
    .map(({ micro, occurred }) =>
      halfLife === undefined ? BigInt(micro) * SCALE : aged(micro, at - occurred, parseDuration(halfLife)),
    )
    .reduce((total, value) => total + value, 0n);
  const rounded = sum < 0n ? -((SCALE / 2n - sum) / SCALE) : (sum + SCALE / 2n) / SCALE;
  return Math.max(-cap * MICRO, Math.min(cap * MICRO, Number(rounded)));
}

const read = (entries: readonly ScoreEntry[], at: number) =>
  readScore(foldLedger(entries, scoring), at, scoring);

describe('a score', () => {
  it('is in every group what the ledger adds up to, aged entry by entry', () => {
    fc.assert(
      fc.property(ledgers(15), instants(0, 40 * DAY), (entries, at) => {
        const { groups } = read(entries, at);
        for (const [group, value] of Object.entries(groups)) {
          // -0 of the oracle is 0.
          expect(value).toBe(bruteForce(entries, group, at) + 0);
        }
      }),
      { numRuns: size(200, 10_000) },
    );
  });

  it('is the weighted sum of two parts of 0 to 100, all in whole micro-points', () => {
    fc.assert(
      fc.property(ledgers(15), instants(0, 40 * DAY), (entries, at) => {
        const { groups, explicit, implicit, total, version } = read(entries, at);
        const clamp = (value: number) => Math.min(Math.max(value, 0), 100 * MICRO);
        expect(explicit).toBe(clamp(groups.company! + groups.person!));
        expect(implicit).toBe(clamp(groups.engagement! + groups.intent! + groups.withdrawal!));
        expect(total).toBe(Number((BigInt(explicit) * 45n + BigInt(implicit) * 55n) / 100n));
        expect(version).toBe(entries.length);
      }),
      { numRuns: size(100, 5_000) },
    );
  });

  it('counts a group that is scaled by fit as far as the explicit part goes', () => {
    const { intent } = scoring.groups;
    const policy = { ...scoring, groups: { ...scoring.groups, intent: { ...intent!, scaledByFit: true } } };
    fc.assert(
      fc.property(ledgers(15), instants(0, 2 * DAY), (entries, at) => {
        const state = foldLedger(entries, policy);
        const [plain, scaled] = [readScore(state, at, scoring), readScore(state, at, policy)];
        expect(scaled.explicit).toBe(plain.explicit);
        const product = BigInt(plain.groups.intent!) * BigInt(plain.explicit);
        expect(scaled.groups.intent).toBe(Number(product / 100_000_000n));
        const sum = scaled.groups.engagement! + scaled.groups.intent! + scaled.groups.withdrawal!;
        expect(scaled.implicit).toBe(Math.min(Math.max(sum, 0), 100 * MICRO));
      }),
      { numRuns: size(100, 5_000) },
    );
  });

  it('is half as much after each half-life and nothing in the end', () => {
    const entries = [award('pricing', 'engagement', 25, START)];
    const points = [0, 1, 2, 3].map((days) => read(entries, START + days * DAY).groups.engagement);
    expect(points).toEqual([25_000_000, 12_500_000, 6_250_000, 3_125_000]);
    expect(read(entries, START + 26 * DAY).groups.engagement).toBe(0);
    expect(read(entries, START + 36_500 * DAY).groups.engagement).toBe(0);
  });

  it('is capped on reading, both ways, so that decay starts from the whole sum', () => {
    const entries = [1, 2, 3].map((n) => award('surge', 'intent', 40, START, n));
    const at = (hours: number) => read(entries, START + hours * HOUR).groups.intent;
    expect([at(0), at(7), at(14)]).toEqual([40_000_000, 40_000_000, 30_000_000]);
    const negative = [1, 2, 3].map((n) => award('unsubscribe', 'withdrawal', -30, START, n));
    expect(read(negative, START)).toMatchObject({ implicit: 0, groups: { withdrawal: -60_000_000 } });
  });

  it('rounds up and down alike, so that equal opposites cancel at every instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40_000_000 }), instants(0, 40 * DAY), (micro, at) => {
        const entry = { ...award('surge', 'intent', 0, START), micro };
        const up = read([entry], at).groups.intent!;
        const down = read([{ ...entry, micro: -micro }], at).groups.intent!;
        expect(up + down).toBe(0);
      }),
      { numRuns: size(100, 5_000) },
    );
  });

  it('rounds halves away from zero', () => {
    const halved = (micro: number) =>
      read([{ ...award('pricing', 'engagement', 0, START), micro }], START + DAY).groups.engagement;
    expect([halved(5), halved(-5), halved(1), halved(-1)]).toEqual([3, -3, 1, -1]);
  });

  it('loses nothing of thousands of tiny entries', () => {
    const entries = Array.from({ length: 3_000 }, (_, i) => ({
      ...award('surge', 'intent', 0, START - i * 1_001, i + 1),
      micro: 1,
    }));
    expect(read(entries, START).groups.intent).toBe(bruteForce(entries, 'intent', START));
  });

  it('is never read before its newest event: age is never negative', () => {
    const entries = [award('surge', 'intent', 20, START)];
    expect(read(entries, START - HOUR)).toEqual(read(entries, START));
  });

  it('of no entries is 0, and a group that the policy does not know counts nothing', () => {
    const groups = { company: 0, person: 0, engagement: 0, intent: 0, withdrawal: 0 };
    expect(readScore(emptyScore, START, scoring)).toMatchObject({
      version: 0,
      total: 0,
      explicit: 0,
      implicit: 0,
      groups,
    });
    expect(read([award('gone', 'gone', 50, START)], START)).toMatchObject({ total: 0, groups });
  });
});
