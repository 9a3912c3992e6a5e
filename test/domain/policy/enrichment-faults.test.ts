import { describe, expect, it } from '@jest/globals';
import { parsePolicy } from '../../../src/domain/policy/parse-policy.js';
import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import { soundPolicy } from './sound-policy.js';

type Parts = Partial<Pick<Policy, 'enrichment' | 'profiling'>> & { mustHaves?: unknown; automatic?: boolean };

const policyWith = ({ mustHaves, automatic = true, ...parts }: Parts): unknown => {
  const policy = soundPolicy();
  return {
    ...policy,
    ...parts,
    scoring: { ...policy.scoring, ...(mustHaves === undefined ? {} : { mustHaves }) },
    handOffs: { ...policy.handOffs, sdr: { ...policy.handOffs.sdr, automatic } },
  };
};
const faultsIn = (parts: Parts) => {
  const parsed = parsePolicy(policyWith(parts));
  return parsed.ok ? [] : parsed.faults;
};
const size = { id: 'size', field: 'size', when: { atLeast: 10 } };
const ask = (field: string, more: object = {}) => ({
  ...{ field, question: 'What?', why: 'Why', sensitivity: 1 },
  ...more,
});

describe('must-haves, enrichment and questions of a policy', () => {
  it('may be there or not', () => {
    expect(faultsIn({})).toEqual([]);
    expect(
      faultsIn({
        mustHaves: [size],
        enrichment: {
          precedence: ['vendor', 'capture'],
          connectors: ['email_domain', 'contact_validity'],
          waitFor: ['size'],
          atMost: '2 hours',
        },
        profiling: { mostAtOnce: 2, questions: [ask('size'), ask('phone', { fromEngagement: 100 })] },
      }),
    ).toEqual([]);
  });

  it('tell every fault with its path and what would be right', () => {
    expect(
      faultsIn({
        mustHaves: [size, size, { id: 'never', field: 'x', when: { atLeast: 5, below: 5 } }],
        enrichment: { precedence: ['capture', 'vendor', 'capture'], waitFor: ['size', 'sise', 'size'] },
        profiling: {
          mostAtOnce: 2,
          questions: [
            ask('size'),
            ask('source'),
            ask('size', { assets: ['demo', 'demo'], fromEngagement: 100 }),
          ],
        },
      }),
    ).toEqual([
      { path: '/scoring/mustHaves/1/id', message: 'another must-have is called "size"' },
      {
        path: '/scoring/mustHaves/2/when',
        message: 'this can never match: nothing is at least 5 and below 5',
      },
      { path: '/profiling/questions/1/field', message: '"source" is nothing that a lead is asked for' },
      { path: '/profiling/questions/2/assets/1', message: '"demo" is in this list twice: also at 0' },
      { path: '/profiling/questions/2/field', message: 'another question asks for "size": also at 0' },
      { path: '/enrichment/precedence/2', message: '"capture" is in this list twice: also at 0' },
      { path: '/enrichment/waitFor/2', message: '"size" is in this list twice: also at 0' },
      {
        path: '/enrichment/waitFor/1',
        message: 'there is no must-have "sise"',
        allowed: ['size', 'size', 'never'],
      },
      { path: '/enrichment/waitFor', message: 'say in atMost how long to wait, or leads wait for ever' },
    ]);
  });

  it('have no part that has no effect', () => {
    const waits = { precedence: ['capture'], waitFor: ['size'], atMost: '2 hours' };
    expect(faultsIn({ mustHaves: [size], enrichment: waits, automatic: false })).toEqual([
      {
        path: '/enrichment/waitFor',
        message: 'has no effect: handOffs.sdr.automatic is false, so no lead is handed off by its score',
      },
    ]);
    expect(faultsIn({ enrichment: { precedence: ['capture'], atMost: '1 day' } })).toEqual([
      { path: '/enrichment/atMost', message: 'has no effect: waitFor says what to wait for' },
    ]);
    const sound = soundPolicy();
    const engagement = { part: 'implicit', cap: 60 } as const;
    const low = { ...sound.scoring, groups: { ...sound.scoring.groups, engagement } };
    const thresholds = { ...low.thresholds, minEngagement: 30 };
    const parsed = parsePolicy({
      ...sound,
      scoring: { ...low, thresholds },
      profiling: { mostAtOnce: 1, questions: [ask('phone', { fromEngagement: 61 })] },
    });
    expect(parsed).toMatchObject({
      ok: false,
      faults: [
        {
          path: '/profiling/questions/0/fromEngagement',
          message: '61 can never be reached: the implicit part is 60 at most',
        },
      ],
    });
  });
});
