import fc from 'fast-check';
import type { ScoringPolicy } from '../../../src/domain/policy/scoring.schema.js';
import type { ScoreEntry } from '../../../src/domain/scoring/score.js';
import { DAY, HOUR, MINUTE } from '../../../src/domain/time.js';

/** Groups of every kind: lasting and fading, explicit and implicit, one that opposes, short and long half-lives. */
export const scoring: ScoringPolicy = {
  weights: { explicit: 45, implicit: 55 },
  thresholds: { mql: 50, mqlDemotion: 40, advanced: 65, advancedDemotion: 55, minFit: 40, minEngagement: 30 },
  mismatch: { strong: 60, weak: 10 },
  groups: {
    company: { part: 'explicit', cap: 70 },
    person: { part: 'explicit', cap: 60, halfLife: '9 days' },
    engagement: { part: 'implicit', cap: 100, halfLife: '1 day' },
    intent: { part: 'implicit', cap: 40, halfLife: '7 hours' },
    withdrawal: { part: 'implicit', cap: 60, halfLife: '2 days' },
  },
  fit: [
    { id: 'industry', group: 'company', field: 'industry', when: { in: ['Software'] }, points: 40 },
    { id: 'size', group: 'company', field: 'size', when: { atLeast: 50 }, points: 30 },
    { id: 'title', group: 'person', field: 'title', when: { contains: 'head' }, points: 25 },
  ],
  events: [
    {
      id: 'pricing',
      group: 'engagement',
      event: 'page_view',
      where: { page: { in: ['pricing'] } },
      points: 25,
    },
    { id: 'any-page', group: 'engagement', event: 'page_view', points: 0.5 },
    { id: 'surge', group: 'intent', event: 'surge', points: 20 },
    { id: 'unsubscribe', group: 'withdrawal', event: 'unsubscribe', points: -30 },
  ],
};

/** 2026-01-01T00:00:00Z */
export const START = Date.UTC(2026, 0, 1);

const rules = [...scoring.fit, ...scoring.events];

/** Ledgers of at most so many entries within a span; numbered in the order of arrival. */
export const ledgers = (most: number, span: number = 30 * DAY): fc.Arbitrary<ScoreEntry[]> =>
  fc
    .array(
      fc.record({
        rule: fc.constantFrom(...rules),
        micro: fc.integer({ min: -20_000_000, max: 60_000_000 }),
        occurred: fc.integer({ min: START - span, max: START }),
      }),
      { maxLength: most, size: 'max' },
    )
    .map((drawn) =>
      drawn.map(({ rule, micro, occurred }, i) => ({
        n: i + 1,
        rule: rule.id,
        group: rule.group,
        micro: rule.group === 'withdrawal' ? -Math.abs(micro) : micro,
        occurred,
        recorded: START,
        cause: `event-${i}`,
        reverses: null,
      })),
    );

export const instants = (least: number, most: number): fc.Arbitrary<number> =>
  fc.integer({ min: START + least, max: START + most });

export const award = (rule: string, group: string, points: number, occurred: number, n = 1): ScoreEntry => ({
  n,
  rule,
  group,
  micro: points * 1_000_000,
  occurred,
  recorded: Math.max(START, occurred),
  cause: `event-${n}`,
  reverses: null,
});

export { DAY, HOUR, MINUTE };
