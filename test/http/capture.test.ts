import { beforeAll, describe, expect, it } from '@jest/globals';
import { activatePolicy, START, useApi } from './api.harness.js';

const AT = new Date(START).toISOString();
const event = (lead: string, id: string, kind = 'pricing_page_view'): object => ({
  lead: { externalIds: [{ source: 'crm', id: lead }] },
  source: 'web',
  id,
  kind,
  occurredAt: AT,
});

describe('leads that come in', () => {
  const api = useApi();
  const post = (path: string, body: unknown) => api().call('POST', path, body);
  const get = (path: string) => api().call('GET', path);

  it('are refused while no policy is active', async () => {
    expect(await post('/v1/leads', { email: 'a@example.com' })).toMatchObject({
      status: 409,
      body: { code: 'no_active_policy' },
    });
    await activatePolicy(api());
  });

  it('are created, then updated, and found by any of their ids', async () => {
    const externalIds = [{ source: 'crm', id: 'a/b:c d@e' }];
    const created = await post('/v1/leads', {
      email: 'ada@example.com',
      externalIds,
      name: 'Ada',
      fields: { industry: 'software' },
    });
    expect(created).toMatchObject({ status: 200, body: { status: 'created', stage: 'inquiry' } });
    const updated = await post('/v1/leads', { email: 'ADA@example.com', company: 'Engines' });
    expect(updated.body).toMatchObject({ id: created.body.id, status: 'updated' });
    const ref = `/v1/leads/external:crm:${encodeURIComponent('a/b:c d@e')}`;
    await api().call('PATCH', ref, { name: null, fields: { company_size: 100 } });
    const { body } = await get(ref);
    expect(body.lead.id).toBe(created.body.id);
    expect(body.profile).toMatchObject({
      name: null,
      company: 'Engines',
      fields: { industry: 'software', company_size: 100 },
    });
    expect((await get('/v1/leads/external:crm:nobody')).status).toBe(404);
    expect((await api().call('PATCH', '/v1/leads/nobody', {})).status).toBe(404);
  });

  it('whose ids point to two leads are a conflict that names both', async () => {
    const one = await post('/v1/leads', { email: 'one@example.com' });
    const two = await post('/v1/leads', {
      email: 'two@example.com',
      externalIds: [{ source: 'crm', id: 'two' }],
    });
    const both = await post('/v1/leads', {
      email: 'one@example.com',
      externalIds: [{ source: 'crm', id: 'two' }],
    });
    expect(both).toMatchObject({ status: 409, body: { code: 'identity_conflict' } });
    expect([...(both.body.leads as string[])].sort()).toEqual(
      [String(one.body.id), String(two.body.id)].sort(),
    );
  });

  it('need an id, and no instant in the future', async () => {
    expect((await post('/v1/leads', { name: 'Nobody' })).status).toBe(400);
    const ahead = { ...event('x', 'future'), occurredAt: new Date(START + 600_000).toISOString() };
    const refused = await post('/v1/events', ahead);
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0].path).toBe('/occurredAt');
  });

  it('bring a batch of which valid rows are recorded and faulty ones reported by index', async () => {
    const rows = [
      event('batch', 'b-1'),
      { ...event('batch', 'b-2'), kind: 'NOT A CODE', surprise: 1 },
      'text',
      event('batch', 'b-1'),
      { ...event('batch', 'b-3'), properties: { page: 'a\0b' } },
      { ...event('batch', 'b-4'), occurredAt: new Date(START + 600_000).toISOString() },
      event('batch', 'b-5'),
    ];
    const { status, body } = await post('/v1/events/batch', { events: rows });
    expect(status).toBe(200);
    expect(body).toMatchObject({ recorded: 2, duplicates: 1, faults: 4 });
    const statuses = (body.results as { index: number; status: string }[]).map((row) => [
      row.index,
      row.status,
    ]);
    expect(statuses).toEqual([
      [0, 'recorded'],
      [1, 'fault'],
      [2, 'fault'],
      [3, 'duplicate'],
      [4, 'fault'],
      [5, 'fault'],
      [6, 'recorded'],
    ]);
    const errors = body.results[1].errors as { path: string }[];
    expect(errors.map(({ path }) => path).sort()).toEqual(['/kind', '/surprise']);
    expect(body.results[4].errors).toMatchObject([{ path: '/properties/page' }]);
    expect((await post('/v1/events/batch', { events: [] })).status).toBe(400);
    expect((await post('/v1/events/batch', { events: Array.from({ length: 1_001 }, () => 1) })).status).toBe(
      400,
    );
  });

  it('show their score now, with the ledger that it follows from', async () => {
    await post('/v1/events', event('scored', 's-1'));
    const now = await get('/v1/leads/external:crm:scored/score');
    expect(now.body).toMatchObject({ version: 1, implicit: 25_000_000, total: 13_750_000, at: AT });
    expect(now.body.entries).toMatchObject([
      { n: 1, rule: 'pricing-page', micro: 25_000_000, reverses: null },
    ]);
    api().clock.advance(30 * 86_400_000);
    expect((await get('/v1/leads/external:crm:scored/score')).body.implicit).toBe(12_500_000);
    api().clock.set(START);
  });

  it('are counted by source in the funnel, with its definitions', async () => {
    for (const [email, source] of [
      ['f1@example.com', 'ads'],
      ['f2@example.com', 'ads'],
      ['f3@example.com', 'fair'],
    ]) {
      await post('/v1/leads', { email, source });
    }
    const { body } = await get('/v1/reports/funnel?group=source');
    expect(Object.keys(body.definitions as object)).toEqual(['group', 'leads', 'reached', 'now']);
    const ads = (body.rows as { group: string }[]).find(({ group }) => group === 'ads');
    expect(ads).toMatchObject({ leads: 2, reached: { inquiry: 2, mql: 0 }, now: { inquiry: 2 } });
    const [{ n }] = await api().dataSource.query<[{ n: number }]>('select count(*)::int as n from lead');
    expect(body.total.leads).toBe(n);
  });
});

describe('a list of leads', () => {
  const api = useApi();
  const get = (path: string) => api().call('GET', path);
  beforeAll(async () => {
    await activatePolicy(api());
    for (let i = 0; i < 25; i++) {
      await api().call('POST', '/v1/leads', {
        email: `l${i}@example.com`,
        source: i % 2 === 0 ? 'even' : 'odd',
      });
    }
  });
  const walk = async (
    query: string,
    between: () => Promise<unknown> = async () => undefined,
  ): Promise<string[]> => {
    const ids: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body, status } = await get(`/v1/leads?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(status).toBe(200);
      ids.push(...(body.items as { id: string }[]).map(({ id }) => id));
      cursor = body.next as string | null;
      await between();
    }
    return ids;
  };

  it('holds every lead once, also while others come in', async () => {
    const before = await walk('limit=200');
    expect(new Set(before).size).toBe(25);
    let n = 0;
    const during = await walk('limit=4', async () => {
      if (n++ < 5) await api().call('POST', '/v1/leads', { email: `late${n}@example.com`, source: 'late' });
    });
    expect(new Set(during).size).toBe(during.length);
    expect(during.filter((id) => before.includes(id))).toEqual(before);
  });

  it('is filtered by what a lead is', async () => {
    expect(await walk('source=even&limit=3')).toHaveLength(13);
    expect(await walk('source=odd&stage=inquiry')).toHaveLength(12);
    expect(await walk('owner=rep-1')).toHaveLength(0);
    expect(await walk('pool=sdr')).toHaveLength(0);
    expect((await get('/v1/leads')).body.items as unknown[]).toHaveLength(30);
  });

  it('holds no personal data', async () => {
    expect((await get('/v1/leads?limit=200')).text).not.toContain('@example.com');
  });
});
