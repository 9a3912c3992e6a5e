import { describe, expect, it } from '@jest/globals';
import { approvalRule, missingTeams, teamsOf } from '../../../src/domain/policy/approval.js';
import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import { soundPolicy } from './sound-policy.js';

const rule = (change: (policy: Policy) => unknown): string => {
  const policy = soundPolicy();
  change(policy);
  return approvalRule(soundPolicy(), policy);
};

describe('whose approval a change takes', () => {
  it.each<[string, (policy: Policy) => unknown, string]>([
    ['nothing', () => undefined, 'none'],
    ['the name', (p) => (p.name = 'other'), 'either'],
    ['name and description', (p) => ((p.name = 'other'), (p.description = 'x')), 'either'],
    ['a hand-off', (p) => (p.handOffs.sdr.attempts = 9), 'sales'],
    ['a clock', (p) => (p.clocks.firstResponse.after = '1 hour'), 'sales'],
    ['a clock and the name', (p) => ((p.clocks.review = '1 day'), (p.name = 'other')), 'sales'],
    ['weights', (p) => (p.scoring.weights = { explicit: 50, implicit: 50 }), 'both'],
    ['a definition', (p) => (p.stages = { sal: { definition: 'x' } }), 'both'],
    ['qualification', (p) => (p.qualification.required = []), 'both'],
    ['targets', (p) => (p.targets = { accepted: 50 }), 'both'],
    ['hand-raisers', (p) => (p.handRaisers = []), 'both'],
    ['reasons', (p) => (p.reasons.recycle = ['x']), 'both'],
    ['a clock and a weight', (p) => ((p.clocks.review = '1 day'), (p.scoring.thresholds.mql = 51)), 'both'],
    ['a section of another time', (p) => Object.assign(p, { playbooks: [] }), 'both'],
  ])('%s', (_, change, expected) => {
    expect(rule(change)).toBe(expected);
  });

  it('is both for the first policy', () => {
    expect(approvalRule(null, soundPolicy())).toBe('both');
  });
});

describe('what is missing', () => {
  it.each([
    ['both', [], ['marketing', 'sales']],
    ['both', ['sales'], ['marketing']],
    ['both', ['sales', 'marketing'], []],
    ['sales', ['marketing'], ['sales']],
    ['sales', ['sales'], []],
    ['either', [], ['marketing', 'sales']],
    ['either', ['marketing'], []],
    ['none', [], []],
  ] as const)('%s, of which %j approved: %j', (rule, approved, missing) => {
    expect(missingTeams(rule, approved)).toEqual(missing);
    for (const team of missing) expect(teamsOf(rule)).toContain(team);
  });
});
