import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ScoringPolicy } from '../../../src/domain/policy/scoring.schema.js';
import { nextCrossing } from '../../../src/domain/scoring/crossing.js';
import { foldLedger } from '../../../src/domain/scoring/fold.js';
import { readScore } from '../../../src/domain/scoring/read.js';
import { MICRO, type ScoreState } from '../../../src/domain/scoring/score.js';
import { reachesMql, signature } from '../../../src/domain/scoring/signature.js';
import { floorToMinute } from '../../../src/domain/time.js';
import { size } from '../../support/size.js';
import { award, DAY, HOUR, instants, ledgers, MINUTE, scoring, START } from './policies.js';

/** Short half-lives, so that every minute until all is faded can be looked at. */
const fast: ScoringPolicy = {
  ...scoring,
  groups: {
    company: { part: 'explicit', cap: 70 },
    person: { part: 'explicit', cap: 60, halfLife: '2 hours' },
    engagement: { part: 'implicit', cap: 100, halfLife: '1 hour' },
    intent: { part: 'implicit', cap: 40, halfLife: '90 minutes' },
    withdrawal: { part: 'implicit', cap: 60, halfLife: '1 hour' },
  },
};

/** The same with intent, and what takes it back, counting as far as the lead fits. */
const scaled: ScoringPolicy = {
  ...fast,
  groups: {
    ...fast.groups,
    intent: { ...fast.groups.intent!, scaledByFit: true, cap: 90 },
    withdrawal: { ...fast.groups.withdrawal!, scaledByFit: true },
  },
};

function minuteByMinute(state: ScoreState, at: number, policy: ScoringPolicy, until: number): number | null {
  const signatureAt = (instant: number) => signature(readScore(state, instant, policy), policy);
  const now = signatureAt(at);
  for (let minute = floorToMinute(at) + MINUTE; minute <= until; minute += MINUTE) {
    if (signatureAt(minute) !== now) return minute;
  }
  return null;
}

describe('the next crossing', () => {
  it.each([
    ['', fast],
    [' where groups are scaled by fit', scaled],
  ])('is the minute that looking at every minute would find, up or down%s', (_, policy) => {
    const seen = { none: 0, some: 0 };
    fc.assert(
      fc.property(ledgers(20, 3 * HOUR), instants(0, 2 * HOUR), (entries, at) => {
        const state = foldLedger(entries, policy);
        const until = at + 20 * HOUR;
        const expected = minuteByMinute(state, at, policy, until);
        const found = nextCrossing(state, at, policy);
        seen[expected === null ? 'none' : 'some'] += 1;
        expect(found !== null && found <= until ? found : null).toBe(expected);
      }),
      { numRuns: size(60, 5_000) },
    );
    expect(Math.min(seen.none, seen.some)).toBeGreaterThan(10);
  });

  it('is found where fading groups almost cancel near a threshold', () => {
    const close = fc.record({
      gap: fc.integer({ min: -200, max: 200 }),
      gain: fc.integer({ min: 1, max: 30 }),
      at: instants(0, HOUR),
    });
    fc.assert(
      fc.property(close, ({ gap, gain, at }) => {
        // Explicit 70 makes 31.5; the lasting implicit 33.6364 make the rest up to 50, but for the gap.
        const groups = { ...fast.groups, interest: { part: 'implicit', cap: 100 } as const };
        const policy = { ...fast, groups };
        const entries = [
          award('industry', 'company', 70, START, 1),
          { ...award('interest', 'interest', 0, START, 2), micro: 33_636_364 + gap },
          award('pricing', 'engagement', gain, START, 3),
          award('unsubscribe', 'withdrawal', -gain, START, 4),
          { ...award('surge', 'intent', 0, START, 5), micro: gap * 3 },
        ];
        const state = foldLedger(entries, policy);
        // Thirty half-lives of the longest that is used: all has faded.
        const expected = minuteByMinute(state, at, policy, at + 45 * HOUR);
        expect(nextCrossing(state, at, policy)).toBe(expected);
      }),
      { numRuns: size(20, 1_000) },
    );
  });

  it('comes when a score decays below a threshold, to the minute', () => {
    const groups = { engagement: { part: 'implicit', cap: 100, halfLife: '30 days' } } as const;
    const policy: ScoringPolicy = { ...scoring, weights: { explicit: 0, implicit: 100 }, groups };
    const { mismatch: _, ...plain } = policy;
    const state = foldLedger([award('pricing', 'engagement', 60, START)], plain);
    // 60 · 2^(−t/30 days) < 50 from t = 30 · log2(6/5) days = 7.891 days on.
    const expected = START + Math.ceil((30 * DAY * Math.log2(6 / 5)) / MINUTE) * MINUTE;
    // 55 comes first: the score no longer keeps an advanced MQL.
    const first = nextCrossing(state, START, plain);
    expect(first).toBe(START + Math.ceil((30 * DAY * Math.log2(60 / 55)) / MINUTE) * MINUTE);
    expect(nextCrossing(state, first!, plain)).toBe(expected);
    expect(reachesMql(readScore(state, expected, plain), plain)).toBe(false);
    expect(reachesMql(readScore(state, expected - MINUTE, plain), plain)).toBe(true);
  });

  it('comes when fit fades that intent is scaled by', () => {
    const groups = {
      person: { part: 'explicit', cap: 100, halfLife: '60 days' },
      intent: { part: 'implicit', cap: 100, scaledByFit: true },
    } as const;
    const { mismatch: _, ...plain } = scoring;
    const policy: ScoringPolicy = { ...plain, weights: { explicit: 0, implicit: 100 }, groups };
    const entries = [award('title', 'person', 100, START, 1), award('surge', 'intent', 80, START, 2)];
    const state = foldLedger(entries, policy);
    // The intent itself lasts: 80 · fit falls below 40 when the fit has halved, below 65 and 55 before.
    const below = (points: number) =>
      START + Math.ceil((60 * DAY * Math.log2(80 / points)) / MINUTE) * MINUTE;
    const seen: number[] = [];
    for (let at: number | null = START; at !== null && seen.length < 4;) {
      at = nextCrossing(state, at, policy);
      if (at !== null) seen.push(at);
    }
    // At 40 it is just reached, a minute later no more.
    expect(seen.slice(0, 4)).toEqual([below(65), below(55), below(50), below(40) + MINUTE]);
  });

  it('comes when a withdrawal is forgiven and the score climbs', () => {
    const groups = {
      company: { part: 'explicit', cap: 100 },
      interest: { part: 'implicit', cap: 100 },
      withdrawal: { part: 'implicit', cap: 60, halfLife: '60 days' },
    } as const;
    const policy: ScoringPolicy = { ...scoring, groups };
    const state = foldLedger(
      [
        award('industry', 'company', 50, START, 1),
        award('interest', 'interest', 60, START, 2),
        award('unsubscribe', 'withdrawal', -20, START, 3),
      ],
      policy,
    );
    // Total 22.5 + 0.55 · (60 − w) reaches 50 when w has come down to 10: one half-life.
    expect(nextCrossing(state, START, policy)).toBe(START + 60 * DAY);
  });

  it('is a whole minute after the given instant, even when that is a whole minute or before the newest event', () => {
    const state = foldLedger([award('pricing', 'engagement', 95, START)], scoring);
    const crossing = nextCrossing(state, START, scoring)!;
    expect(crossing % MINUTE).toBe(0);
    expect(nextCrossing(state, crossing - MINUTE, scoring)).toBe(crossing);
    expect(nextCrossing(state, START - 5 * MINUTE, scoring)).toBe(crossing);
    expect(nextCrossing(state, crossing, scoring)).not.toBe(crossing);
  });

  it('does not see the lead gain points that it has not got yet', () => {
    // 49.5 in total at the event; an hour before, by the formula alone, it would have been an MQL.
    const state = foldLedger([award('pricing', 'engagement', 90, START)], scoring);
    const early = nextCrossing(state, START - HOUR, scoring);
    expect(early).toBe(nextCrossing(state, START, scoring));
    expect(early).toBeGreaterThan(START + HOUR);
  });

  it('never comes when nothing fades', () => {
    expect(nextCrossing(foldLedger([], scoring), START, scoring)).toBeNull();
    const lasting = foldLedger([award('industry', 'company', 40, START)], scoring);
    expect(nextCrossing(lasting, START, scoring)).toBeNull();
    expect(nextCrossing(lasting, START, { ...scoring, groups: {} })).toBeNull();
  });

  it('looks early rather than searching on where groups cancel for years right on a threshold', () => {
    const groups = {
      company: { part: 'explicit', cap: 100 },
      interest: { part: 'implicit', cap: 100 },
      engagement: { part: 'implicit', cap: 100, halfLife: '30 days' },
      withdrawal: { part: 'implicit', cap: 100, halfLife: '30 days' },
    } as const;
    const policy: ScoringPolicy = { ...scoring, weights: { explicit: 50, implicit: 50 }, groups };
    const entries = [
      award('industry', 'company', 90, START, 1),
      award('interest', 'interest', 10, START, 2),
      award('pricing', 'engagement', 50, START, 3),
      award('unsubscribe', 'withdrawal', -50, START, 4),
    ];
    const state = foldLedger(entries, policy);
    expect(readScore(state, START, policy).total).toBe(50 * MICRO);
    const look = nextCrossing(state, START, policy);
    expect(look).toBeGreaterThan(START + DAY);
    expect(signature(readScore(state, look!, policy), policy)).toBe(
      signature(readScore(state, START, policy), policy),
    );
  });
});
