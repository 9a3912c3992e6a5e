import { describe, expect, it } from '@jest/globals';
import {
  bucketOf,
  checklistOf,
  missingCriteria,
  priorityOf,
} from '../../src/domain/qualification/checklist.js';
import { criteriaOf } from '../../src/domain/qualification/criteria.js';
import { parsePolicy } from '../../src/domain/policy/parse-policy.js';
import type { Policy } from '../../src/domain/policy/policy.schema.js';
import { MICRO } from '../../src/domain/scoring/score.js';
import { asRep, runIn } from './journey/run.js';
import { TEST_POLICY } from './journey/test-policy.js';

const withQualification = (qualification: Partial<Policy['qualification']>): Policy => ({
  ...TEST_POLICY,
  qualification: { ...TEST_POLICY.qualification, ...qualification },
});
const champ = withQualification({
  framework: 'champ',
  criteria: ['compliance', { id: 'sites', question: 'How many sites?' }],
  required: ['challenge', 'sites'],
});
const faultsOf = (policy: Policy) => {
  const parsed = parsePolicy(policy);
  return parsed.ok ? [] : parsed.faults.map(({ path }) => path);
};

describe('criteria', () => {
  it('are those of the framework, then own ones', () => {
    expect(criteriaOf(champ.qualification).map(({ id }) => id)).toEqual([
      ...['challenge', 'authority', 'money', 'prioritization', 'timeline', 'compliance', 'sites'],
    ]);
    expect(criteriaOf(withQualification({ framework: 'bant', criteria: [] }).qualification)[0]).toMatchObject(
      {
        id: 'budget',
      },
    );
    expect(faultsOf(champ)).toEqual([]);
  });

  it('come once, and only known ones are required', () => {
    expect(
      faultsOf(
        withQualification({
          framework: 'champ',
          criteria: ['money', 'sites', { id: 'sites', question: 'Again?' }],
          required: ['budget'],
          buckets: { hot: 50, warm: 50 },
        }),
      ),
    ).toEqual([
      ...['/qualification/criteria/2', '/qualification/criteria/0'],
      ...['/qualification/required/0', '/qualification/buckets/warm'],
    ]);
  });
});

describe('the checklist', () => {
  it('says who found out what when, how sure, and what is missing', () => {
    const run = runIn('sal', champ);
    run.at += 7;
    run.give({
      kind: 'qualification',
      body: { criterion: 'challenge', answer: 'confirmed', confidence: 'high' },
      actor: asRep('ana'),
    });
    expect(checklistOf(run.journey, champ)[0]).toMatchObject({
      ...{ criterion: 'challenge', required: true, answer: 'confirmed' },
      ...{ confidence: 'high', by: 'ana', at: run.at },
    });
    expect(checklistOf(run.journey, champ)[1]).toMatchObject({
      required: false,
      answer: 'unknown',
      by: null,
    });
    expect(missingCriteria(run.journey, champ)).toEqual(['sites']);
    run.give({
      kind: 'qualification',
      body: { criterion: 'challenge', answer: 'unknown', confidence: null },
      actor: asRep('ana'),
    });
    expect(missingCriteria(run.journey, champ)).toEqual(['challenge', 'sites']);
  });
});

describe('buckets and priorities', () => {
  it('begin at the bounds of the policy, or at its thresholds', () => {
    const own = withQualification({ buckets: { hot: 90, warm: 10 } });
    expect([65, 64, 50, 49].map((points) => bucketOf(points * MICRO, TEST_POLICY))).toEqual([
      ...['hot', 'warm', 'warm', 'cold'],
    ]);
    expect([90, 89, 10, 9].map((points) => bucketOf(points * MICRO, own))).toEqual([
      ...['hot', 'warm', 'warm', 'cold'],
    ]);
  });

  it('put who asked for sales before who waits, and both before a mere score', () => {
    const calm = priorityOf(runIn('mql.early').journey, { total: 99 * MICRO });
    const waits = priorityOf(runIn('mql.offered').journey, { total: 55 * MICRO });
    const asked = runIn('inquiry');
    asked.give({ kind: 'hand_raised', body: { event: 'e', disqualifier: null, trigger: null } });
    const asks = priorityOf(asked.journey, { total: 0 });
    expect([calm.value, waits.value, asks.value]).toEqual([99, 105, 150]);
    expect(asks.reasons).toEqual([
      { what: 'asked_for_sales', points: 100 },
      { what: 'waits_for_response', points: 50 },
    ]);
  });

  it('forget the wait once sales has answered', () => {
    const run = runIn('sal');
    run.give({ kind: 'first_response', body: { channel: 'call' }, actor: asRep('ana') });
    expect(priorityOf(run.journey, { total: 60 * MICRO })).toEqual({
      value: 60,
      reasons: [{ what: 'score', points: 60 }],
    });
  });
});
