import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ProfilingPolicy } from '../../src/domain/policy/profiling.schema.js';
import { nextQuestions } from '../../src/domain/profiling/questions.js';
import { MICRO } from '../../src/domain/scoring/score.js';
import { size } from '../support/size.js';
import { scoring as plain } from './scoring/policies.js';

const question = (field: string, sensitivity: number, more: object = {}) => ({
  ...{ field, question: `${field}?`, why: `because of ${field}`, sensitivity },
  ...more,
});

const profiling: ProfilingPolicy = {
  mostAtOnce: 2,
  questions: [
    question('phone', 4, { fromEngagement: 30 }),
    question('company', 1),
    question('size', 2),
    question('industry', 1),
    question('budget', 5, { assets: ['quote'] }),
    question('use_case', 1, { assets: ['quote', 'demo'] }),
  ],
};
const scoring = {
  ...plain,
  mustHaves: [
    { id: 'large', field: 'size', when: { atLeast: 10 } },
    { id: 'own', field: 'agency', when: { present: false } },
  ],
};
const ask = (fields: Record<string, unknown>, asset: string | null = null, engagement = 0, by = profiling) =>
  nextQuestions({ profiling: by, scoring }, { fields, asset, engagement: engagement * MICRO }).map(
    ({ field }) => field,
  );

describe('what to ask a lead for next', () => {
  it('is what must-haves need, then the least sensitive in the order of the policy', () => {
    expect(ask({})).toEqual(['size', 'company']);
    expect(ask({ size: 40 })).toEqual(['company', 'industry']);
    expect(ask({ size: 3 })).toEqual(['company', 'industry']);
  });

  it('tells why, how sensitive it is and whether a must-have needs it', () => {
    const lead = { fields: { company: 'Acme', industry: '' }, asset: null, engagement: 0 };
    expect(nextQuestions({ profiling, scoring }, lead)).toEqual([
      { ...question('size', 2), mustHave: true },
      { ...question('industry', 1), mustHave: false },
    ]);
  });

  it('waits for the engagement and the asset that a question is for', () => {
    const known = { company: 'Acme', size: 40, industry: 'software' };
    expect(ask(known)).toEqual([]);
    expect(ask(known, null, 29.9)).toEqual([]);
    expect(ask(known, null, 30)).toEqual(['phone']);
    expect(ask(known, 'demo')).toEqual(['use_case']);
    expect(ask(known, 'quote', 100)).toEqual(['use_case', 'phone']);
    expect(ask({ ...known, use_case: 'x', phone: '1' }, 'quote')).toEqual(['budget']);
  });

  it('is nothing without questions in the policy', () => {
    expect(nextQuestions({ scoring }, { fields: {}, asset: null, engagement: 0 })).toEqual([]);
  });

  it('is never known already, never more than the policy says, and never more sensitive than what it leaves out', () => {
    const fields = fc.dictionary(
      fc.constantFrom(...profiling.questions.map(({ field }) => field)),
      fc.constantFrom('x', 7, '', null),
    );
    const lead = fc.record({
      fields,
      asset: fc.constantFrom(null, 'demo', 'quote'),
      engagement: fc.integer({ min: 0, max: 100 * MICRO }),
    });
    fc.assert(
      fc.property(lead, fc.integer({ min: 1, max: 6 }), (one, mostAtOnce) => {
        const asked = nextQuestions({ profiling: { ...profiling, mostAtOnce }, scoring }, one);
        const all = nextQuestions({ profiling: { ...profiling, mostAtOnce: 10 }, scoring }, one);
        expect(asked).toEqual(all.slice(0, mostAtOnce));
        for (const [i, { field, mustHave, sensitivity }] of all.entries()) {
          expect([undefined, null, '']).toContain(one.fields[field]);
          const before = all[i - 1];
          if (before === undefined || before.mustHave !== mustHave) continue;
          expect(before.sensitivity).toBeLessThanOrEqual(sensitivity);
        }
      }),
      { numRuns: size(200, 5_000) },
    );
  });
});
