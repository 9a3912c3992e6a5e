import { describe, expect, it } from '@jest/globals';
import {
  belowAdvancedDemotion,
  belowMqlDemotion,
  isMismatch,
  reachesAdvanced,
  reachesMql,
  signature,
} from '../../../src/domain/scoring/signature.js';
import { MICRO } from '../../../src/domain/scoring/score.js';
import { scoring } from './policies.js';

const parts = (total: number, explicit = 50, implicit = 50) => ({
  total: total * MICRO,
  explicit: explicit * MICRO,
  implicit: implicit * MICRO,
});

describe('a threshold', () => {
  it('is reached at its very micro-point and missed one below', () => {
    const justBelow = (points: number) => ({ ...parts(points), total: points * MICRO - 1 });
    expect([reachesMql(parts(50), scoring), reachesMql(justBelow(50), scoring)]).toEqual([true, false]);
    expect([belowMqlDemotion(parts(40), scoring), belowMqlDemotion(justBelow(40), scoring)]).toEqual([
      false,
      true,
    ]);
    expect([reachesAdvanced(parts(65), scoring), reachesAdvanced(justBelow(65), scoring)]).toEqual([
      true,
      false,
    ]);
    expect([
      belowAdvancedDemotion(parts(55), scoring),
      belowAdvancedDemotion(justBelow(55), scoring),
    ]).toEqual([false, true]);
  });

  it('of an advanced MQL needs fit and engagement as well', () => {
    expect(reachesAdvanced(parts(90, 40, 30), scoring)).toBe(true);
    expect(reachesAdvanced(parts(90, 39.999999, 100), scoring)).toBe(false);
    expect(reachesAdvanced(parts(90, 100, 29.999999), scoring)).toBe(false);
  });
});

describe('a mismatch', () => {
  it('is a strong part beside a weak one, either way', () => {
    expect(isMismatch(parts(50, 60, 10), scoring)).toBe(true);
    expect(isMismatch(parts(50, 10, 60), scoring)).toBe(true);
    expect(isMismatch(parts(50, 59.999999, 10), scoring)).toBe(false);
    expect(isMismatch(parts(50, 60, 10.000001), scoring)).toBe(false);
  });

  it('never is when the policy names none', () => {
    const { mismatch: _, ...without } = scoring;
    expect(isMismatch(parts(50, 100, 0), without)).toBe(false);
  });

  it('tells the two ways apart in the signature', () => {
    expect(signature(parts(50, 60, 10), scoring)).not.toBe(signature(parts(50, 10, 60), scoring));
  });
});
