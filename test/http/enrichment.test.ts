import { beforeAll, describe, expect, it } from '@jest/globals';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { type Reply, repKey, START, useApi } from './api.harness.js';

const AT = new Date(START).toISOString();
const POLICY = {
  ...TEST_POLICY,
  scoring: {
    ...TEST_POLICY.scoring,
    mustHaves: [{ id: 'size', field: 'company_size', when: { atLeast: 10 } }],
  },
  profiling: {
    mostAtOnce: 2,
    questions: [
      { field: 'industry', question: 'Which industry?', why: 'To show what fits.', sensitivity: 1 },
      { field: 'phone', question: 'Your number?', why: 'To call you.', sensitivity: 4, assets: ['quote'] },
      { field: 'company_size', question: 'How many are you?', why: 'To show what fits.', sensitivity: 2 },
    ],
  },
  enrichment: { precedence: ['vendor', 'capture'] },
};

describe('what others say of a lead', () => {
  const api = useApi();
  const post = (path: string, body: unknown): Promise<Reply> => api().call('POST', path, body);
  const get = (path: string, key?: string): Promise<Reply> =>
    api().call('GET', path, undefined, key === undefined ? {} : { key });
  let rep = '';

  beforeAll(async () => {
    const saved = await post('/v1/policies', POLICY);
    expect(saved.status).toBe(201);
    expect((await post(`/v1/policies/${saved.body.hash as string}/activate`, {})).status).toBe(200);
    rep = await repKey(api(), 'ana');
  });
  const lead = async (name: string): Promise<string> => {
    const externalIds = [{ source: 'crm', id: name }];
    const { body } = await post('/v1/leads', { externalIds, fields: { company_size: 5 } });
    return String(body.id);
  };

  it('is recorded once and shown with the lead, with what differs', async () => {
    const id = await lead('told');
    const facts = { source: 'vendor', id: 'v-1', fields: { company_size: 40, industry: 'software' } };
    const path = '/v1/leads/external:crm:told/enrichment';
    expect(await post(path, facts)).toMatchObject({ status: 200, body: { lead: id, status: 'recorded' } });
    expect((await post(path, { ...facts, fields: { company_size: 1 } })).body.status).toBe('duplicate');
    const { body } = await get(`/v1/leads/${id}`);
    expect(body.effective).toEqual({
      company_size: { value: 40, source: 'vendor' },
      industry: { value: 'software', source: 'vendor' },
    });
    expect(body.conflicts).toEqual([
      {
        field: 'company_size',
        values: [
          { source: 'vendor', value: 40, recordedAt: AT },
          { source: 'capture', value: 5, recordedAt: AT },
        ],
      },
    ]);
    expect(body.profile.fields).toEqual({ company_size: 5 });
    const score = (await get(`/v1/leads/${id}/score`)).body;
    expect(score).toMatchObject({ explicit: 80_000_000, failed: [], unknown: [] });
    expect((await get(`/v1/leads/${id}/checklist`, rep)).body.mustHaves).toEqual([
      { mustHave: 'size', field: 'company_size', state: 'met' },
    ]);
  });

  it('is refused where nobody can know it, and of a lead that is not here', async () => {
    const id = await lead('refused');
    const path = `/v1/leads/${id}/enrichment`;
    const own = await post(path, { source: 'vendor', id: '1', fields: { email_domain: 'acme.com' } });
    expect(own).toMatchObject({ status: 400, body: { errors: [{ path: '/fields' }] } });
    expect((await post(path, { source: 'vendor', id: '2', fields: {} })).status).toBe(400);
    const later = new Date(START + 3_600_000).toISOString();
    const ahead = { source: 'vendor', id: '3', fields: { x: 1 }, occurredAt: later };
    expect(await post(path, ahead)).toMatchObject({
      status: 400,
      body: { errors: [{ path: '/occurredAt' }] },
    });
    const nobody = await post('/v1/leads/nobody/enrichment', { ...ahead, occurredAt: AT });
    expect(nobody.status).toBe(404);
  });

  it('is not asked for again: the next questions are those whose answers nobody knows', async () => {
    const { body } = await post('/v1/leads', { externalIds: [{ source: 'crm', id: 'asked' }] });
    const path = `/v1/leads/${String(body.id)}`;
    const asked = async (query = ''): Promise<string[]> => {
      const reply = await get(`${path}/next-questions${query}`, rep);
      expect(reply.status).toBe(200);
      return (reply.body.questions as { field: string }[]).map(({ field }) => field);
    };
    expect((await get(`${path}/next-questions`, rep)).body.questions[0]).toEqual({
      ...{ field: 'company_size', question: 'How many are you?', why: 'To show what fits.' },
      ...{ sensitivity: 2, mustHave: true },
    });
    expect(await asked()).toEqual(['company_size', 'industry']);
    await post(`${path}/enrichment`, { source: 'vendor', id: 'v-9', fields: { company_size: 40 } });
    expect(await asked()).toEqual(['industry']);
    expect(await asked('?asset=quote')).toEqual(['industry', 'phone']);
    await api().call('PATCH', path, { phone: '+49 30 901820', fields: { industry: 'software' } });
    expect(await asked('?asset=quote')).toEqual([]);
    expect((await get(`${path}/next-questions?asset=Not a code`)).status).toBe(400);
  });
});
