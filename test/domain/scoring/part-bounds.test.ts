import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupAt, type GroupReader } from '../../../src/domain/scoring/group-reader.js';
import { weigh } from '../../../src/domain/scoring/half-life.js';
import { partBounds } from '../../../src/domain/scoring/part-bounds.js';
import { MICRO } from '../../../src/domain/scoring/score.js';
import { size } from '../../support/size.js';
import { DAY, HOUR, START } from './policies.js';

const reader = (micro: number, halfLife: number, cap: number): GroupReader => ({
  name: 'group',
  part: 'implicit',
  scaledByFit: false,
  cap: cap * MICRO,
  sum: weigh(micro, START, halfLife),
  halfLife,
});

const readers = fc.array(
  fc
    .tuple(
      fc.integer({ min: -90, max: 90 }),
      fc.integer({ min: -9, max: 9 }),
      fc.integer({ min: 1, max: 90 }),
      fc.integer({ min: 10, max: 200 }),
    )
    .map(([points, rest, hours, cap]) => reader(points * MICRO + rest, hours * HOUR, cap)),
  { minLength: 1, maxLength: 5 },
);

const intervals = fc
  .tuple(fc.integer({ min: 0, max: 60 * DAY }), fc.integer({ min: 1, max: 20 * DAY }))
  .map(([start, length]) => ({ early: START + start, late: START + start + length }));

const valuesAt = (group: readonly GroupReader[], at: number) => group.map((each) => groupAt(each, at));

describe('the bounds of a part', () => {
  it('hold at every instant in between', () => {
    fc.assert(
      fc.property(readers, intervals, (group, { early, late }) => {
        const { low, high } = partBounds(group, valuesAt(group, early), valuesAt(group, late));
        for (let i = 0; i <= 40; i += 1) {
          const at = early + Math.floor(((late - early) * i) / 40);
          const sum = valuesAt(group, at).reduce((total, value) => total + value, 0);
          expect(sum).toBeGreaterThanOrEqual(low);
          expect(sum).toBeLessThanOrEqual(high);
        }
      }),
      { numRuns: size(300, 20_000) },
    );
  });

  it.each([
    ['dips under both ends', [reader(80 * MICRO, HOUR, 100), reader(-80 * MICRO, 3 * HOUR, 100)]],
    ['rises over both ends', [reader(-80 * MICRO, HOUR, 100), reader(80 * MICRO, 3 * HOUR, 100)]],
    ['sags between level ends', [reader(10 * MICRO, DAY, 100), reader(-74_659_000, 10 * DAY, 100)]],
    ['leaves its cap late', [reader(80 * MICRO, 3 * HOUR, 20), reader(-20 * MICRO, 6 * HOUR, 100)]],
    ['leaves its lower cap late', [reader(-80 * MICRO, 3 * HOUR, 20), reader(20 * MICRO, 6 * HOUR, 100)]],
  ])('hold for a sum that %s', (_, group) => {
    for (let late = HOUR; late <= 24 * HOUR; late += HOUR) {
      const { low, high } = partBounds(group, valuesAt(group, START), valuesAt(group, START + late));
      for (let at = 0; at <= late; at += late / 60) {
        const sum = valuesAt(group, START + at).reduce((total, value) => total + value, 0);
        expect(sum).toBeGreaterThanOrEqual(low);
        expect(sum).toBeLessThanOrEqual(high);
      }
    }
  });

  it('hold where nothing but rounding is left', () => {
    const tiny = fc.array(
      fc
        .tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 1, max: 9 }))
        .map(([micro, hours]) => reader(micro, hours * HOUR, 100)),
      { minLength: 2, maxLength: 5, size: 'max' },
    );
    fc.assert(
      fc.property(tiny, fc.integer({ min: 1, max: 12 }), (group, hours) => {
        const late = START + hours * HOUR;
        const { low, high } = partBounds(group, valuesAt(group, START), valuesAt(group, late));
        for (let at = START; at <= late; at += HOUR / 12) {
          const sum = valuesAt(group, at).reduce((total, value) => total + value, 0);
          expect(sum).toBeGreaterThanOrEqual(low);
          expect(sum).toBeLessThanOrEqual(high);
        }
      }),
      { numRuns: size(100, 20_000) },
    );
  });

  it('are tight where groups cancel', () => {
    const group = [reader(50 * MICRO, 30 * DAY, 100), reader(-50 * MICRO, 30 * DAY, 100)];
    const { low, high } = partBounds(group, valuesAt(group, START), valuesAt(group, START + HOUR));
    // Either group alone falls by 48,000 micro-points in that hour.
    expect(high - low).toBeLessThan(30);
  });
});
