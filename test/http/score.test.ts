import { beforeAll, describe, expect, it } from '@jest/globals';
import { DAY, HOUR } from '../../src/domain/time.js';
import { activatePolicy, START, useApi } from './api.harness.js';

const iso = (at: number): string => new Date(at).toISOString();

interface ScoreBody {
  readonly at: string;
  readonly version: number;
  readonly total: number;
  readonly lastEventAt: string;
  readonly reasons: Readonly<Record<'up' | 'down', readonly { readonly rule: string }[]>>;
  readonly lift: { readonly to: string; readonly total: number };
  readonly entries: readonly { readonly n: number }[];
}

describe('the score of a lead', () => {
  const api = useApi();
  let lead = '';
  const post = (path: string, body: unknown) => api().call('POST', path, body);
  const get = (query = '') => api().call('GET', `/v1/leads/${lead}/score${query}`);

  beforeAll(async () => {
    await activatePolicy(api());
    const created = await post('/v1/leads', {
      email: 'ada@engines.example',
      fields: { industry: 'software' },
      events: [{ source: 'web', id: 'v1', kind: 'pricing_page_view' }],
    });
    lead = (created.body as { id: string }).id;
    api().clock.advance(DAY);
    await post('/v1/events', {
      lead: { id: lead },
      source: 'web',
      id: 'v2',
      kind: 'pricing_page_view',
      // It comes late.
      occurredAt: iso(START - DAY),
    });
  });

  it('says why it is so and what would lift it', async () => {
    const { status, body } = (await get()) as { status: number; body: ScoreBody };
    expect(status).toBe(200);
    expect(body.reasons.up.map(({ rule }) => rule)).toEqual(['pricing-page', 'industry']);
    expect(body.reasons.down).toEqual([]);
    expect(body.lift).toMatchObject({ to: 'mql', steps: [{ type: 'ask', rule: 'company-size' }] });
    expect(body.lift.total).toBeGreaterThanOrEqual(50_000_000);
    expect(body.entries.map(({ n }) => n)).toEqual([3, 2, 1]);
    expect(body.lastEventAt).toBe(iso(START));
  });

  it('is told as it was known, and as it had happened', async () => {
    const at = iso(START + HOUR);
    const known = (await get(`?at=${at}`)).body as unknown as ScoreBody;
    const occurred = (await get(`?at=${at}&as=occurred`)).body as unknown as ScoreBody;
    expect([known.version, occurred.version]).toEqual([2, 3]);
    expect(occurred.total).toBeGreaterThan(known.total);
    expect([known.at, known.lift]).toEqual([at, null]);
    // In a year, if nothing happens, engagement has faded.
    expect((await get(`?at=${iso(START + 365 * DAY)}`)).body.groups.engagement).toBeLessThan(20_000);
  });

  it('is refused for a time before the lead, and for what is no question', async () => {
    expect((await get(`?at=${iso(START - DAY)}`)).status).toBe(404);
    expect((await get('?at=yesterday')).status).toBe(400);
    expect((await get('?as=guessed')).status).toBe(400);
  });
});

describe('an event of an account', () => {
  const api = useApi();
  const signal = (id: string, more: object = { account: { domain: 'engines.example' } }) => ({
    ...{ source: 'vendor', id, kind: 'topic_research', properties: { topic: 'crm' } },
    ...more,
  });
  const post = (path: string, body: unknown) => api().call('POST', path, body);

  beforeAll(() => activatePolicy(api()));

  it('is recorded once, for no lead', async () => {
    expect((await post('/v1/events', signal('s1'))).body).toEqual({ lead: null, status: 'recorded' });
    expect((await post('/v1/events', signal('s1'))).body).toEqual({ lead: null, status: 'duplicate' });
  });

  it('may stand in a batch between those of leads', async () => {
    const { body } = await post('/v1/events/batch', {
      events: [
        signal('s2'),
        signal('e1', { lead: { email: 'ada@engines.example' } }),
        signal('s3', { account: { domain: 'gmail.com' } }),
        signal('s4', {}),
        signal('s5', { account: { domain: 'looms.example' } }),
      ],
    });
    const results = body.results as unknown as readonly { status: string; lead: string | null }[];
    const told = results.map(({ status, lead }) => [status, lead !== null]);
    expect(told).toEqual([
      ['recorded', false],
      ['recorded', true],
      ['fault', false],
      ['fault', false],
      ['recorded', false],
    ]);
    expect(body.results[2].errors[0].path).toBe('/account/domain');
  });

  it('is refused beside a lead, and of a provider of mail for anybody', async () => {
    const both = { account: { domain: 'engines.example' }, lead: { email: 'ada@engines.example' } };
    expect((await post('/v1/events', signal('s6', both))).status).toBe(400);
    expect((await post('/v1/events', signal('s7', { account: { domain: 'gmail.com' } }))).status).toBe(400);
  });
});
