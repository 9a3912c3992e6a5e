import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ScoringPolicy } from '../../../src/domain/policy/scoring.schema.js';
import { awardEntry, criterionAwards, eventAwards, fitAwards } from '../../../src/domain/scoring/awards.js';
import { exampleOf } from '../../../src/domain/scoring/example.js';
import { emptyScore, foldLedger } from '../../../src/domain/scoring/fold.js';
import { type Lift, liftEvents, liftOf, liftSteps, type Liftable } from '../../../src/domain/scoring/lift.js';
import { readScore } from '../../../src/domain/scoring/read.js';
import type { ScoreEntry } from '../../../src/domain/scoring/score.js';
import { reachesAdvanced, reachesMql } from '../../../src/domain/scoring/signature.js';
import { NOTHING_KNOWN, windowAwards } from '../../../src/domain/scoring/windows.js';
import { size } from '../../support/size.js';
import { scoring as base, START } from './policies.js';

const scoring: ScoringPolicy = {
  ...base,
  events: [
    ...base.events,
    {
      id: 'video',
      group: 'intent',
      event: 'video',
      points: 4,
      magnitude: { property: 'minutes', per: 5, most: 6 },
    },
    { id: 'often', group: 'intent', event: 'visit', points: 12, count: { atLeast: 3, within: '1 day' } },
  ],
  sequences: [
    {
      id: 'read-then-book',
      group: 'engagement',
      steps: [{ event: 'visit' }, { event: 'booking', where: { kind: { in: ['demo'] } } }],
      within: '2 days',
      points: 45,
    },
  ],
  criteria: [{ id: 'budget', group: 'company', criterion: 'budget', points: 20 }],
};

const leadWith = (fields: Record<string, unknown>, criteria: Liftable['criteria'] = {}): Liftable => {
  const awards = [...fitAwards(scoring, fields), ...criterionAwards(scoring, criteria)];
  const standing = awards.map((award, i): ScoreEntry =>
    awardEntry(award, START, { n: i + 1, recorded: START, cause: 'fields' }),
  );
  return { state: foldLedger(standing, scoring), fields, criteria, standing };
};

const liftFor = (lead: Liftable, policy = scoring): Lift | null =>
  liftOf(policy, lead, liftSteps(policy, lead), NOTHING_KNOWN, START);

/** The whole of what the lead tells and does, scored from nothing: by another way than the one that found it. */
function applied(lead: Liftable, { steps }: Lift, policy: ScoringPolicy) {
  const answers = steps.flatMap((step) => (step.type === 'ask' ? [[step.field, step.answer] as const] : []));
  const found = steps.flatMap((step) =>
    step.type === 'confirm' ? [[step.criterion, 'confirmed'] as const] : [],
  );
  const events = liftEvents(steps, START);
  const awards = [
    ...fitAwards(policy, { ...lead.fields, ...Object.fromEntries(answers) }),
    ...criterionAwards(policy, { ...lead.criteria, ...Object.fromEntries(found) }),
    ...events.flatMap((event) => eventAwards(policy, event)),
    ...windowAwards(policy, events, NOTHING_KNOWN).awards,
  ];
  const entries = awards.map(({ rule, group, micro }, i) =>
    awardEntry({ rule, group, micro }, START, { n: i + 1, recorded: START, cause: 'c' }),
  );
  return readScore(foldLedger(entries, policy), START, policy);
}

describe('what would lift a lead', () => {
  it('is true when applied, and no shorter way was passed over', () => {
    const thresholds = fc.record({
      mql: fc.integer({ min: 1, max: 60 }),
      more: fc.integer({ min: 0, max: 30 }),
      fields: fc.record(
        {
          industry: fc.constantFrom('software', 'retail'),
          size: fc.constantFrom(10, 60),
          title: fc.constantFrom('head', 'clerk'),
        },
        { requiredKeys: [] },
      ),
      budget: fc.constantFrom('confirmed' as const, 'lost' as const, 'unknown' as const),
    });
    const seen = { none: 0, one: 0, more: 0 };
    fc.assert(
      fc.property(thresholds, ({ mql, more, fields, budget }) => {
        const policy = { ...scoring, thresholds: { ...scoring.thresholds, mql, advanced: mql + more } };
        const lead = leadWith(fields, { budget });
        const lift = liftFor(lead, policy);
        const now = readScore(lead.state, START, policy);
        const reaches = reachesMql(now, policy) ? reachesAdvanced : reachesMql;
        if (lift === null) {
          seen.none += 1;
          return;
        }
        seen[lift.steps.length === 1 ? 'one' : 'more'] += 1;
        expect(lift.to).toBe(reachesMql(now, policy) ? 'advanced' : 'mql');
        const after = applied(lead, lift, policy);
        expect(after.total).toBe(lift.total);
        expect(reaches(after, policy)).toBe(true);
        for (const left of lift.steps) {
          const fewer = { ...lift, steps: lift.steps.filter((step) => step !== left) };
          if (fewer.steps.length < lift.steps.length - 1) continue;
          expect(reaches(applied(lead, fewer, policy), policy)).toBe(false);
        }
      }),
      { numRuns: size(60, 2_000) },
    );
    expect(Math.min(seen.one, seen.more)).toBeGreaterThan(3);
  });

  it('asks only for what is not known, and never for where the lead came from', () => {
    const sourced: ScoringPolicy = {
      ...scoring,
      fit: [
        ...scoring.fit,
        { id: 'ads', group: 'company', field: 'latest_source', when: { in: ['ads'] }, points: 30 },
        { id: 'blank', group: 'company', field: 'size', when: { present: false }, points: 5 },
        { id: 'penalty', group: 'company', field: 'phone', when: { present: true }, points: -5 },
      ],
    };
    const asked = liftSteps(sourced, {
      fields: { industry: 'retail' },
      criteria: {},
      standing: [],
      state: emptyScore,
    })
      .filter(({ type }) => type === 'ask')
      .map(({ rule }) => rule);
    expect(asked.sort()).toEqual(['size', 'title']);
  });

  it('names a sequence, a count or a long video as what they are', () => {
    const steps = liftSteps(scoring, { fields: {}, criteria: {}, standing: [], state: emptyScore });
    const of = (rule: string) => steps.find((step) => step.rule === rule);
    expect(of('often')).toMatchObject({ events: Array.from({ length: 3 }, () => ({ event: 'visit' })) });
    expect(of('video')).toMatchObject({ events: [{ event: 'video', properties: { minutes: 30 } }] });
    expect(of('read-then-book')).toMatchObject({
      events: [{ event: 'visit' }, { event: 'booking', properties: { kind: 'demo' } }],
    });
    expect(of('budget')).toEqual({ type: 'confirm', rule: 'budget', criterion: 'budget' });
  });

  it('is nothing for a lead that is at the top, or that nothing can lift', () => {
    const low = {
      ...scoring,
      thresholds: { ...scoring.thresholds, mql: 0, advanced: 0, minFit: 0, minEngagement: 0 },
    };
    expect(liftFor(leadWith({}), low)).toBeNull();
    const known = { industry: 'retail', size: 1, title: 'clerk' };
    const silent = { ...scoring, events: [], sequences: [], criteria: [] };
    expect(liftFor(leadWith(known), silent)).toBeNull();
  });
});

describe('an example of a condition', () => {
  it.each([
    [{ in: ['a', 'b'], notIn: ['A'] }, 'b'],
    [{ atLeast: 5, below: 6 }, 5],
    [{ below: 3 }, 2],
    [{ contains: 'head' }, 'head'],
    [{ present: true }, 'yes'],
    [{ notIn: ['yes'] }, 'other'],
    [{ present: false }, null],
    [{ matches: '^z' }, null],
  ])('%j: %s', (condition, expected) => {
    expect(exampleOf(condition)).toBe(expected);
  });
});
