import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { parsePolicy } from '../../../src/domain/policy/parse-policy.js';
import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import { soundPolicy } from './sound-policy.js';

/** The sound policy with every kind of rule. */
function everyRule(change: (policy: Policy) => void = () => undefined): Policy {
  const policy = soundPolicy();
  const { scoring } = policy;
  scoring.groups['intent'] = { part: 'implicit', cap: 40, scaledByFit: true };
  scoring.groups['confirmed'] = { part: 'explicit', cap: 30 };
  scoring.events.push(
    {
      id: 'video',
      group: 'engagement',
      event: 'video',
      points: 2,
      magnitude: { property: 'minutes', per: 2.5, most: 4 },
      coolDown: '1 day',
    },
    { id: 'often', group: 'intent', event: 'page_view', points: 15, count: { atLeast: 5, within: '2 days' } },
  );
  scoring.sequences = [
    {
      id: 'read-then-book',
      group: 'engagement',
      steps: [{ event: 'content' }, { event: 'booking', where: { kind: { matches: '^demo' } } }],
      within: '7 days',
      points: 10,
    },
  ];
  scoring.criteria = [
    { id: 'budget', group: 'confirmed', criterion: 'budget', points: 20 },
    { id: 'no-budget', group: 'confirmed', criterion: 'budget', answer: 'lost', points: -20 },
  ];
  scoring.intent = [
    {
      id: 'surge',
      group: 'intent',
      event: 'research',
      topics: ['crm'],
      window: '7 days',
      baseline: '8 weeks',
      surge: { atLeast: 3, ratio: 2 },
      points: 20,
    },
  ];
  change(policy);
  return policy;
}

const pathsOf = (policy: Policy): readonly string[] => {
  const parsed = parsePolicy(policy);
  return parsed.ok ? [] : parsed.faults.map(({ path }) => path);
};

describe('a policy with every kind of scoring rule', () => {
  it('is taken as it is', () => {
    expect(parsePolicy(everyRule())).toMatchObject({ ok: true, warnings: [] });
  });

  it.each<[string, (policy: Policy) => void, string[]]>([
    [
      'patterns that are none',
      ({ scoring }) => {
        scoring.fit[0]!.when = { matches: '(' };
        scoring.sequences![0]!.steps[1]!.where = { kind: { matches: '(?=look-ahead)' } };
      },
      ['/scoring/fit/0/when/matches', '/scoring/sequences/0/steps/1/where/kind/matches'],
    ],
    [
      'a pattern that repeats repeats',
      ({ scoring }) => (scoring.fit[0]!.when = { matches: '((a{500}){500}){500}' }),
      ['/scoring/fit/0/when/matches'],
    ],
    [
      'values of which none matches',
      ({ scoring }) => (scoring.fit[0]!.when = { in: ['retail', 'software'], matches: '^x' }),
      ['/scoring/fit/0/when'],
    ],
    [
      'windows out of bounds',
      ({ scoring }) => {
        scoring.events[1]!.coolDown = '59 seconds';
        scoring.events[2]!.count!.within = '3651 days';
        scoring.sequences![0]!.within = '1 second';
      },
      ['/scoring/events/1/coolDown', '/scoring/events/2/count/within', '/scoring/sequences/0/within'],
    ],
    [
      'a count with a cool-down or a magnitude',
      ({ scoring }) => {
        scoring.events[2]!.coolDown = '1 day';
        scoring.events[2]!.magnitude = { property: 'minutes', per: 1, most: 2 };
      },
      ['/scoring/events/2/coolDown', '/scoring/events/2/magnitude'],
    ],
    [
      'a magnitude that its own condition forbids',
      ({ scoring }) => (scoring.events[1]!.where = { minutes: { below: 2.5 } }),
      ['/scoring/events/1/where/minutes'],
    ],
    [
      'names, groups and criteria that are not there or twice',
      ({ scoring }) => {
        scoring.sequences![0]!.id = 'often';
        scoring.sequences![0]!.group = 'nowhere';
        scoring.criteria![0]!.criterion = 'mood';
        scoring.criteria![1]!.id = 'budget';
      },
      [
        '/scoring/sequences/0/id',
        '/scoring/sequences/0/group',
        '/scoring/criteria/1/id',
        '/scoring/criteria/0/criterion',
      ],
    ],
    [
      'intent that cannot be counted',
      ({ scoring }) => {
        const [rule] = scoring.intent!;
        scoring.intent = [
          { ...rule!, window: '59 seconds' },
          { ...rule!, id: 'short', baseline: '6 days' },
          { ...rule!, id: 'long', window: '91 days', baseline: '91 weeks' },
          { ...rule!, id: 'fit', group: 'company' },
        ];
      },
      [
        '/scoring/intent/0/window',
        '/scoring/intent/1/baseline',
        '/scoring/intent/2/window',
        '/scoring/intent/2/baseline',
        '/scoring/intent/3/group',
      ],
    ],
    [
      'fit that scales itself',
      ({ scoring }) => (scoring.groups['company']!.scaledByFit = true),
      // Then nothing of it counts as fit either.
      ['/scoring/groups/company/scaledByFit', '/scoring/thresholds/advanced', '/scoring/thresholds/minFit'],
    ],
  ])('is refused for %s', (_, change, paths) => {
    expect([...pathsOf(everyRule(change))].sort()).toEqual([...paths].sort());
  });

  it('can reach what its rules can give, and no more', () => {
    const only = (points: number, threshold: number) =>
      everyRule(({ scoring }) => {
        scoring.fit = [];
        scoring.events = scoring.events.filter(({ group }) => group === 'intent');
        scoring.sequences = [];
        scoring.intent = [];
        scoring.groups = { intent: scoring.groups['intent']!, confirmed: scoring.groups['confirmed']! };
        scoring.criteria![0]!.points = points;
        scoring.thresholds = {
          ...{ mql: threshold, mqlDemotion: 0, advanced: threshold, advancedDemotion: 0 },
          ...{ minFit: 0, minEngagement: 0 },
        };
        delete scoring.mismatch;
      });
    // 20 explicit, so that 20 % of 40 count: 0.45 · 20 + 0.55 · 8 = 13.4.
    expect(pathsOf(only(20, 13))).toEqual([]);
    expect(pathsOf(only(20, 14))).toEqual(['/scoring/thresholds/mql', '/scoring/thresholds/advanced']);
    // The other answer takes away, and adds nothing to what can be reached.
    expect(pathsOf(only(10, 7))).toEqual(['/scoring/thresholds/mql', '/scoring/thresholds/advanced']);
  });

  it('is as the docs show it', () => {
    const docs = readFileSync(new URL('../../../docs/scoring.md', import.meta.url), 'utf8');
    const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(docs) ?? [];
    const shown = parse(yaml) as Partial<Policy['scoring']>;
    const policy = everyRule(({ scoring }) => Object.assign(scoring, shown));
    expect(Object.keys(shown)).toEqual(['events', 'sequences', 'criteria', 'intent']);
    expect(parsePolicy(policy)).toMatchObject({ ok: true });
  });

  it('is warned of signals that never count, that count less than they say, or that are too many', () => {
    const parsed = parsePolicy(
      everyRule(({ scoring }) => {
        scoring.events[0]!.points = 0;
        scoring.criteria![0]!.points = 31;
        const step = scoring.sequences![0]!;
        scoring.sequences = Array.from({ length: 10 }, (_, i) => ({ ...step, id: `sequence-${i}` }));
      }),
    );
    expect(parsed.ok).toBe(true);
    expect(parsed.warnings.map(({ path }) => path)).toEqual([
      '/scoring/events',
      '/scoring/events/0/points',
      '/scoring/criteria/0/points',
    ]);
  });
});
