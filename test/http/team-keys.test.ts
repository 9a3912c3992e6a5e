import { beforeAll, describe, expect, it } from '@jest/globals';
import { sitDown, type Table } from './agreement.harness.js';
import { activatePolicy, repKey, useApi } from './api.harness.js';

const api = useApi();
let table: Table;
const lead = async (name: string): Promise<string> =>
  `/v1/leads/${String((await api().call('POST', '/v1/leads', { email: `${name}@example.com` })).body.id)}`;

beforeAll(async () => {
  table = await sitDown(api());
  await activatePolicy(api());
  await repKey(api(), 'rep-1');
  await api().call('PUT', '/v1/pools/sdr/members', { members: [{ rep: 'rep-1', weight: 1 }] });
});

describe('a key of a team', () => {
  it('hands a lead over by hand where the policy lets its role, and says so in the journal', async () => {
    const path = await lead('ada');
    const body = { reason: 'asked', pool: 'sdr' };
    expect(await table.post('sales', `${path}/hand-off`, body)).toMatchObject({
      status: 409,
      body: { code: 'role_not_allowed' },
    });
    const handed = await table.post('marketing', `${path}/hand-off`, body);
    expect(handed).toMatchObject({ status: 200, body: { lead: { situation: 'mql.offered' } } });
    const { items } = (await table.get(`${path}/journey`)).body as { items: { actor: unknown }[] };
    expect(items.at(-1)?.actor).toMatchObject({ kind: 'marketing', onBehalfOf: null });
  });

  it('does not do what is the work of a rep', async () => {
    const path = await lead('ben');
    await table.post('marketing', `${path}/hand-off`, { reason: 'asked', pool: 'sdr' });
    for (const role of ['marketing', 'sales'] as const) {
      expect((await table.post(role, `${path}/accept`)).status).toBe(409);
    }
  });

  it('belongs to no rep', async () => {
    const made = await api().call('POST', '/v1/api-keys', { name: 'x', role: 'sales', rep: 'rep-1' });
    expect(made).toMatchObject({ status: 400, body: { errors: [{ path: '/rep' }] } });
  });
});
