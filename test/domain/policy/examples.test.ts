import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { parsePolicy, policyJsonSchema } from '../../../src/domain/policy/parse-policy.js';
import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import { awardEntry, eventAwards, fitAwards } from '../../../src/domain/scoring/awards.js';
import { readScore } from '../../../src/domain/scoring/read.js';
import { foldLedger } from '../../../src/domain/scoring/fold.js';
import type { Award } from '../../../src/domain/scoring/rules.js';
import { MICRO } from '../../../src/domain/scoring/score.js';
import { reachesAdvanced, reachesMql } from '../../../src/domain/scoring/signature.js';
import { DAY } from '../../../src/domain/time.js';

const folder = fileURLToPath(new URL('../../../examples/policies/', import.meta.url));
const load = (file: string): unknown => parse(readFileSync(`${folder}${file}`, 'utf8'));
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

function accepted(file: string): Policy {
  const parsed = parsePolicy(load(file));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.policy;
}

interface Told {
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Event kinds, each with the `kind` property where it has one. */
  readonly events?: readonly (string | readonly [event: string, kind: string])[];
}

/** How far a lead comes by its score, of which all this is known. */
function standing({ scoring }: Pick<Policy, 'scoring'>, { fields = {}, events = [] }: Told, later = 0) {
  const awards = [
    ...fitAwards(scoring, fields),
    ...events.flatMap((event) => {
      const [name, kind] = typeof event === 'string' ? [event, null] : event;
      return eventAwards(scoring, { kind: name, properties: kind === null ? {} : { kind } });
    }),
  ];
  return standingOf({ scoring }, awards, later);
}

function standingOf({ scoring }: Pick<Policy, 'scoring'>, awards: readonly Award[], at: number) {
  const score = readScore(foldLedger(entriesOf(awards), scoring), at, scoring);
  if (reachesAdvanced(score, scoring)) return 'advanced';
  return reachesMql(score, scoring) ? 'early' : 'inquiry';
}

const entriesOf = (awards: readonly Award[]) =>
  awards.map((award, i) => awardEntry(award, 0, { n: i + 1, recorded: 0, cause: 'c' }));

describe('the example policies', () => {
  it('are there', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'article.yaml',
        'default.yaml',
        'education-scored.yaml',
        'education.yaml',
        'manufacturing.yaml',
        'marketplace.yaml',
        'professional-services.yaml',
      ]),
    );
  });

  it.each(files)('%s has no faults and no warnings', (file) => {
    expect(parsePolicy(load(file))).toMatchObject({ ok: true, warnings: [] });
  });

  it.each(files)('%s fits the published JSON Schema', (file) => {
    const validate = new Ajv2020({ allErrors: true }).compile(policyJsonSchema());
    validate(load(file));
    expect(validate.errors).toBeNull();
  });

  it.each(files)('%s is called like its file', (file) => {
    expect(`${accepted(file).name}.yaml`).toBe(file);
  });

  it.each(files)('%s counts no opened mail: machines open mail', (file) => {
    const { scoring, handRaisers } = accepted(file);
    expect(eventAwards(scoring, { kind: 'email_open', properties: {} })).toEqual([]);
    expect(handRaisers).not.toContain('email_open');
  });

  it.each(files)(
    '%s asks for no reason that ends nowhere: what disqualifies can be said by hand, too',
    (file) => {
      const { reasons } = accepted(file);
      const ends = Object.entries(reasons.reject).flatMap(([code, { to }]) =>
        to === 'disqualified' ? [code] : [],
      );
      expect(reasons.disqualify).toEqual(expect.arrayContaining(ends));
    },
  );

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
  const policy = accepted('marketplace.yaml');
  // Years later: recorded leads are old, and that must not matter.
  const come = (source: string | null, page: string | null) => {
    const { scoring } = policy;
    const awards = [
      ...fitAwards(scoring, { source }),
      ...eventAwards(scoring, { kind: 'landing_page_visit', properties: { page } }),
    ];
    return standingOf(policy, awards, 1e12);
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
    expect(come(source, 'b76ef')).toBe(expected);
  });

  it('takes a lead without a landing page for an inquiry', () => {
    expect(come('organic_search', null)).toBe('inquiry');
  });
});

describe('article.yaml', () => {
  const policy = accepted('article.yaml');

  it.each([
    ['about_page_view', {}, -5],
    ['blog_view', {}, -5],
    ['ad_click', {}, 5],
    ['pricing_page_view', {}, 10],
    ['knowledge_base_view', {}, -5],
    ['content_download', { kind: 'case_study' }, 5],
    ['content_download', { kind: 'white_paper' }, 5],
  ])('gives the points of the article: %s %j is %d', (kind, properties, points) => {
    const awards = eventAwards(policy.scoring, { kind, properties });
    expect(awards.map(({ micro }) => micro / MICRO)).toEqual([points]);
  });

  it('puts a booked meeting above an answered message', () => {
    const worth = (kind: string): number =>
      eventAwards(policy.scoring, { kind, properties: {} }).reduce((sum, { micro }) => sum + micro, 0);
    expect(worth('message_reply')).toBeGreaterThan(0);
    expect(worth('meeting_booked')).toBeGreaterThan(worth('message_reply'));
  });

  const fits = { industry: 'software', company_size: 200, seniority: 'director' };
  it.each<[string, string, Told]>([
    ['who fits and does nothing', 'inquiry', { fields: fits }],
    ['who fits and looks at prices', 'early', { fields: fits, events: ['pricing_page_view'] }],
    [
      'who fits, books a meeting and looks at prices twice',
      'advanced',
      { fields: fits, events: ['meeting_booked', 'pricing_page_view', 'pricing_page_view'] },
    ],
    ['who only reads', 'inquiry', { fields: fits, events: ['about_page_view', 'blog_view', 'blog_view'] }],
    [
      'who fits not at all, whatever it does',
      'early',
      {
        events: [...Array<string>(6).fill('pricing_page_view'), ...Array<string>(3).fill('meeting_booked')],
      },
    ],
  ])('takes a lead %s for %s', (_what, expected, told) => {
    expect(standing(policy, told)).toBe(expected);
  });

  it('takes at most 20 points for reading everything', () => {
    const buys = { fields: fits, events: ['meeting_booked', 'meeting_booked', 'pricing_page_view'] };
    const reads = [...buys.events, ...Array<string>(40).fill('blog_view')];
    expect(standing(policy, { ...buys, events: reads })).not.toBe('inquiry');
  });
});

describe('professional-services.yaml', () => {
  const policy = accepted('professional-services.yaml');
  const client = { industry: 'energy', company_size: 800, seniority: 'general_counsel' };

  it.each<[string, string, Told]>([
    ['the client whom it wants, met at an event', 'inquiry', { fields: { ...client, source: 'event' } }],
    ['the same one, recommended', 'early', { fields: { ...client, source: 'client_referral' } }],
    [
      'the same one with a matter',
      'advanced',
      { fields: { ...client, source: 'client_referral' }, events: ['email_reply', 'webinar_attended'] },
    ],
    ['a stranger who reads it all', 'early', { events: Array<string>(9).fill('webinar_attended') }],
    [
      'an applicant who reads it all',
      'inquiry',
      { events: [...Array<string>(9).fill('webinar_attended'), 'careers_page_view'] },
    ],
  ])('takes %s for %s', (_what, expected, told) => {
    expect(standing(policy, told)).toBe(expected);
  });

  it('qualifies nobody without a conflict check, and can say that it may not act', () => {
    expect(policy.qualification.required).toContain('conflict_check');
    expect(policy.reasons.reject['conflict_of_interest']).toEqual({ to: 'disqualified' });
    expect(policy.reasons.decline).toContain('conflict_of_interest');
  });
});

describe('manufacturing.yaml', () => {
  const policy = accepted('manufacturing.yaml');
  const maker = { industry: 'rail', annual_volume: 5000, region: 'dach', department: 'engineering' };
  const designs: NonNullable<Told['events']> = ['cad_download', ['content_download', 'data_sheet']];

  it.each<[string, string, Told]>([
    ['a maker who has only been named', 'inquiry', { fields: maker }],
    ['a maker with our part in a drawing', 'advanced', { fields: maker, events: designs }],
    [
      'one who orders too few and looks for a distributor',
      'inquiry',
      { fields: { ...maker, annual_volume: 20 }, events: [...designs, 'distributor_search'] },
    ],
    ['somebody who studies the parts without a company', 'inquiry', { events: designs }],
  ])('takes %s for %s', (_what, expected, told) => {
    expect(standing(policy, told)).toBe(expected);
  });

  it('keeps technical interest for a quarter, and interest in prices not', () => {
    const { region: _, ...abroad } = maker;
    const after = (...events: readonly string[]) => standing(policy, { fields: abroad, events }, 90 * DAY);
    expect(after('configurator_completed', 'cad_download')).toBe('early');
    expect(after('meeting_booked', 'pricing_page_view')).toBe('inquiry');
  });

  it('never leaves export control to points', () => {
    expect(policy.disqualifiers.map(({ id }) => id)).toContain('embargo');
  });
});
