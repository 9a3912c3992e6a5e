import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { parsePolicy, policyJsonSchema } from '../../../src/domain/policy/parse-policy.js';
import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import { eventAwards, fitAwards } from '../../../src/domain/scoring/awards.js';
import { readScore } from '../../../src/domain/scoring/read.js';
import { foldLedger } from '../../../src/domain/scoring/fold.js';
import { reachesAdvanced, reachesMql } from '../../../src/domain/scoring/signature.js';

const folder = fileURLToPath(new URL('../../../examples/policies/', import.meta.url));
const load = (file: string): unknown => parse(readFileSync(`${folder}${file}`, 'utf8'));
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

function accepted(file: string): Policy {
  const parsed = parsePolicy(load(file));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.policy;
}

describe('the example policies', () => {
  it('are there', () => {
    expect(files).toEqual(expect.arrayContaining(['default.yaml', 'marketplace.yaml']));
  });

  it.each(files)('%s has no faults and no warnings', (file) => {
    expect(parsePolicy(load(file))).toMatchObject({ ok: true, warnings: [] });
  });

  it.each(files)('%s fits the published JSON Schema', (file) => {
    const validate = new Ajv2020({ allErrors: true }).compile(policyJsonSchema());
    validate(load(file));
    expect(validate.errors).toBeNull();
  });

  it('default.yaml has seven signals and the agreed numbers', () => {
    const { scoring, clocks, nurture } = accepted('default.yaml');
    expect(scoring.fit.length + scoring.events.length).toBe(7);
    expect(scoring.weights).toEqual({ explicit: 45, implicit: 55 });
    expect([scoring.thresholds.mql, scoring.thresholds.advanced]).toEqual([50, 65]);
    expect([clocks.acceptance.after, clocks.firstResponse.after]).toEqual(['1 hour', '24 hours']);
    expect([clocks.firstResponseHandRaiser.after, clocks.salesInactivity.after]).toEqual([
      '15 minutes',
      '14 days',
    ]);
    expect(nurture).toEqual({ coolOff: '30 days', recycleLimit: 3 });
  });
});

describe('marketplace.yaml', () => {
  const { scoring } = accepted('marketplace.yaml');

  const standing = (source: string | null, page: string | null) => {
    const awards = [
      ...fitAwards(scoring, { source }),
      ...eventAwards(scoring, { kind: 'landing_page_visit', properties: { page } }),
    ];
    const entries = awards.map((award, i) => ({
      ...award,
      n: i + 1,
      occurred: 0,
      recorded: 0,
      cause: 'c',
      reverses: null,
    }));
    // Years later: recorded leads are old, and that must not matter.
    const score = readScore(foldLedger(entries, scoring), 1e12, scoring);
    if (reachesAdvanced(score, scoring)) return 'advanced';
    return reachesMql(score, scoring) ? 'early' : 'inquiry';
  };

  it.each([
    ['organic_search', 'advanced'],
    ['paid_search', 'advanced'],
    ['direct_traffic', 'advanced'],
    ['referral', 'advanced'],
    ['unknown', 'advanced'],
    ['social', 'early'],
    ['email', 'early'],
    ['display', 'early'],
    ['other', 'inquiry'],
    ['other_publicities', 'inquiry'],
    [null, 'inquiry'],
  ])('takes a lead from %s for %s', (source, expected) => {
    expect(standing(source, 'b76ef')).toBe(expected);
  });

  it('takes a lead without a landing page for an inquiry', () => {
    expect(standing('organic_search', null)).toBe('inquiry');
  });
});
