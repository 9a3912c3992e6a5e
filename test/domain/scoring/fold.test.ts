import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyScore, foldEntry, foldLedger } from '../../../src/domain/scoring/fold.js';
import { formatSum, parseSum } from '../../../src/domain/scoring/half-life.js';
import { reversalEntry } from '../../../src/domain/scoring/awards.js';
import { size } from '../../support/size.js';
import { award, DAY, HOUR, ledgers, scoring, START } from './policies.js';

const runs = { numRuns: size(150, 5_000) };

describe('the fold of a ledger', () => {
  it('is the same for every order of arrival', () => {
    const shuffled = ledgers(12).chain((entries) =>
      fc.tuple(
        fc.constant(entries),
        fc.shuffledSubarray(entries, { minLength: entries.length, maxLength: entries.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([entries, other]) => {
        expect(foldLedger(other, scoring)).toEqual(foldLedger(entries, scoring));
      }),
      runs,
    );
  });

  it('keeps no trace in the sums of what was reversed', () => {
    const someReversed = ledgers(10).chain((entries) =>
      fc.tuple(fc.constant(entries), fc.subarray(entries), fc.infiniteStream(fc.boolean())),
    );
    fc.assert(
      fc.property(someReversed, ([entries, reversed]) => {
        const reversals = reversed.map((entry, i) =>
          reversalEntry(entry, { n: entries.length + i + 1, recorded: START + i, cause: 'correction' }),
        );
        const kept = entries.filter((entry) => !reversed.includes(entry));
        expect(foldLedger([...entries, ...reversals], scoring).sums).toEqual(foldLedger(kept, scoring).sums);
        expect(foldLedger([...reversals, ...entries], scoring).sums).toEqual(foldLedger(kept, scoring).sums);
      }),
      runs,
    );
  });

  it('is empty again when everything is reversed, decades and half-lives apart', () => {
    const groups = { engagement: { part: 'implicit', cap: 100, halfLife: '1 hour' } } as const;
    const policy = { ...scoring, groups };
    const old = award('pricing', 'engagement', 10, START - 400 * DAY, 1);
    const recent = award('pricing', 'engagement', 3, START - HOUR, 2);
    const state = foldLedger([old, recent], policy);
    // As promised: about a bit for each half-life between the first and the last entry.
    expect(state.sums.engagement!.length).toBeLessThan((400 * 24 + 200) * Math.log10(2) + 20);
    const undo = [old, recent].map((e) => reversalEntry(e, { n: e.n + 2, recorded: START, cause: 'undo' }));
    const undone = undo.reduce((s, e) => foldEntry(s, e, policy), state);
    expect(undone).toEqual({ version: 4, sums: {}, lastEventAt: START - HOUR });
  });

  it('counts as activity what event rules gave, not fields and not reversals', () => {
    const fit = award('industry', 'company', 40, START, 1);
    expect(foldEntry(emptyScore, fit, scoring).lastEventAt).toBeNull();
    const event = award('pricing', 'engagement', 25, START - DAY, 2);
    const both = foldEntry(foldEntry(emptyScore, event, scoring), fit, scoring);
    expect(both.lastEventAt).toBe(START - DAY);
    const late = { ...award('pricing', 'engagement', -25, START, 3), reverses: 2 };
    expect(foldEntry(both, late, scoring).lastEventAt).toBe(START - DAY);
  });

  it('names as version the newest entry', () => {
    expect(emptyScore.version).toBe(0);
    const entries = [3, 1, 2].map((n) => award('pricing', 'engagement', 1, START, n));
    expect(foldLedger(entries, scoring).version).toBe(3);
  });

  it('adds lasting groups as plain micro-points', () => {
    const entries = [award('industry', 'company', 40, START), award('size', 'company', 30.5, START, 2)];
    expect(foldLedger(entries, scoring).sums).toEqual({ company: '70500000' });
  });
});

describe('a stored sum', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: -5_000, max: 5_000 }), (half, shift) => {
        const sum = half === 0n ? { mantissa: 0n, shift: 0 } : { mantissa: 2n * half + 1n, shift };
        expect(parseSum(formatSum(sum))).toEqual(sum);
      }),
    );
  });
});
