import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { size } from '../support/size.js';
import { auc, conversionByDecile, inversions, type Judged } from './judgement.js';
import { fitLogistic, oneHot, standardised } from './logistic-regression.js';

const judged = (scores: readonly number[], converted: readonly boolean[]): Judged[] =>
  scores.map((score, i) => ({ id: i, score, converted: converted[i] === true }));

describe('the AUC', () => {
  it.each([
    ['all in order', [1, 2, 3, 4], [false, false, true, true], 1],
    ['all the wrong way round', [4, 3, 2, 1], [false, false, true, true], 0],
    ['all equal', [5, 5, 5, 5], [false, true, false, true], 0.5],
    ['one pair of four wrong', [1, 2, 3, 4], [false, true, false, true], 0.75],
  ])('of %s', (_what, scores, converted, expected) => {
    expect(auc(judged(scores, converted))).toBe(expected);
  });

  it('is the share of pairs that stand in the right order', () => {
    const lead = fc.record({ score: fc.integer({ min: 0, max: 9 }), converted: fc.boolean() });
    fc.assert(
      fc.property(fc.array(lead, { minLength: 2, maxLength: 40 }), (drawn) => {
        const leads = drawn.map((one, id) => ({ ...one, id }));
        const [yes, no] = [leads.filter((l) => l.converted), leads.filter((l) => !l.converted)];
        fc.pre(yes.length > 0 && no.length > 0);
        const won = yes.flatMap((a) =>
          no.map((b) => (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0)),
        );
        const share = won.reduce((sum: number, one) => sum + one, 0) / won.length;
        expect(auc(leads)).toBeCloseTo(share, 12);
      }),
      { numRuns: size(200, 5_000) },
    );
  });
});

describe('conversion by decile', () => {
  it('goes from the lowest scores to the highest, whatever the order of the leads', () => {
    const leads = Array.from({ length: 100 }, (_, i) => ({
      id: i,
      score: i,
      converted: i % 10 <= Math.floor(i / 10),
    }));
    const shares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
    expect(conversionByDecile(leads)).toEqual(shares);
    expect(conversionByDecile([...leads].reverse())).toEqual(shares);
  });

  it('leaves no lead out where tenths are uneven', () => {
    const leads = Array.from({ length: 37 }, (_, i) => ({ id: i, score: i, converted: true }));
    expect(conversionByDecile(leads)).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it('counts every step that does not rise', () => {
    expect(inversions([0.1, 0.2, 0.3])).toBe(0);
    expect(inversions([0.1, 0.3, 0.2, 0.2, 0.5])).toBe(2);
  });
});

describe('the regression', () => {
  const rows = [
    [1, 0, 0.5],
    [1, 0, -1],
    [0, 1, 2],
    [0, 1, 0.3],
    [0, 0, -0.7],
    [1, 0, 1.5],
    [0, 1, -2],
    [0, 0, 0.1],
    [1, 0, 0.2],
    [0, 0, 1.1],
  ];
  const outcomes = [1, 0, 1, 1, 0, 1, 0, 0, 1, 1].map((one) => one === 1);

  it('gives what scikit-learn gives (LogisticRegression, C = 1)', () => {
    const logOdds = fitLogistic(rows, outcomes);
    const given = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 0],
    ].map(logOdds);
    [0.42887138, 0.33515377, 1.37903586, 0.05233027].forEach((expected, i) =>
      expect(given[i]).toBeCloseTo(expected, 5),
    );
  });

  it('encodes what it has learnt, and nothing of what it has not', () => {
    const learnt = ['a', 'b', ''].map((text, i) => ({ text, number: ['', '3', '5'][i] ?? '' }));
    const columns = { texts: ['text'], numbers: ['number'] };
    const encode = oneHot(learnt, columns);
    expect(encode({ text: 'a', number: '3' }).filter((one) => one === 1)).toHaveLength(2);
    expect(encode({ text: 'z', number: '3' }).filter((one) => one === 1)).toHaveLength(1);
    expect(new Set(learnt.map((row) => encode(row).join(''))).size).toBe(3);
    expect(learnt.map((row) => standardised(learnt, columns)(row).at(-1))).toEqual([0, -1, 1]);
  });
});
