import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldLedger } from '../../../src/domain/scoring/fold.js';
import { readScore } from '../../../src/domain/scoring/read.js';
import { reasonsOf } from '../../../src/domain/scoring/reasons.js';
import { MICRO } from '../../../src/domain/scoring/score.js';
import { size } from '../../support/size.js';
import { award, DAY, instants, ledgers, scoring, START } from './policies.js';

describe('the reasons of a score', () => {
  it('add up to the total, but for rounding, unless a part is below nothing', () => {
    let compared = 0;
    fc.assert(
      fc.property(ledgers(15), instants(0, 20 * DAY), (entries, at) => {
        const { up, down } = reasonsOf(entries, at, scoring, 100);
        const { total, groups } = readScore(foldLedger(entries, scoring), at, scoring);
        const implicit = groups.engagement! + groups.intent! + groups.withdrawal!;
        if (implicit < 0 || groups.company! + groups.person! < 0) return;
        // Where a group's entries cancel to nothing, so do its reasons.
        const sum = [...up, ...down].reduce((all, { worth }) => all + worth, 0);
        // Each is cut off to a whole micro-point in three divisions, and so is each group.
        expect(Math.abs(sum - total)).toBeLessThan(4 * (up.length + down.length + 5));
        compared += 1;
      }),
      { numRuns: size(200, 5_000) },
    );
    expect(compared).toBeGreaterThan(50);
  });

  it('are those that count most now: decayed, and cut where their group is', () => {
    const entries = [
      award('industry', 'company', 40, START, 1),
      // Six half-lives old.
      award('surge', 'intent', 64, START - 42 * 3_600_000, 2),
      // 150 of at most 100.
      award('pricing', 'engagement', 100, START, 3),
      award('any-page', 'engagement', 50, START, 4),
      award('unsubscribe', 'withdrawal', -30, START, 5),
    ];
    const { up, down } = reasonsOf(entries, START, scoring, 3);
    expect(up.map(({ rule, worth }) => [rule, Math.round(worth / MICRO)])).toEqual([
      ['pricing', 37],
      ['any-page', 18],
      ['industry', 18],
    ]);
    expect(down).toEqual([{ rule: 'unsubscribe', group: 'withdrawal', worth: -16_500_000 }]);
  });

  it('leave out what was taken back, and rules of groups that the policy has no more', () => {
    const entry = award('industry', 'company', 40, START, 1);
    const back = { ...entry, n: 2, micro: -entry.micro, reverses: 1 };
    const gone = award('gone', 'gone', 40, START, 3);
    expect(reasonsOf([entry, back, gone], START, scoring, 5)).toEqual({ up: [], down: [] });
  });
});
