import { beforeAll, describe, expect, it } from '@jest/globals';
import { createFirstAdminKey } from '../../src/access/api-keys.js';
import { CONTROLLERS } from '../../src/http/app.module.js';
import { endpointsOf } from '../../src/http/openapi/endpoints.js';
import { repKey, useApi } from './api.harness.js';

const ROUTES = CONTROLLERS.flatMap(endpointsOf).map(({ spec }) => ({
  title: `${spec.method.toUpperCase()} ${spec.path}`,
  method: spec.method.toUpperCase(),
  path: spec.path.replace(':hash', 'f'.repeat(64)).replace(':id', '11111111-1111-4111-8111-111111111111'),
  access: spec.access,
  // What a route cannot read at all is refused before anybody looks who sends it.
  body: spec.method === 'get' || spec.takesFiles !== undefined ? undefined : { surprise: 1 },
}));

const OPEN: Readonly<Record<(typeof ROUTES)[number]['access'], readonly string[]>> = {
  public: ['rep', 'marketing', 'sales', 'admin'],
  any_key: ['rep', 'marketing', 'sales', 'admin'],
  admin: ['admin'],
  team: ['marketing', 'sales'],
  agreement: ['marketing', 'sales', 'admin'],
};

describe('a route', () => {
  const api = useApi();
  const keys: Record<string, string> = {};
  beforeAll(async () => {
    keys['rep'] = await repKey(api(), 'rep-1');
    for (const role of ['marketing', 'sales']) {
      keys[role] = (await api().call('POST', '/v1/api-keys', { name: role, role })).body.key as string;
    }
    keys['admin'] = api().adminKey;
  });

  // Bodies and ids are wrong on purpose: who may not come in must hear so before anything else.
  it.each(ROUTES)('$title lets in whom it says', async ({ method, path, access, body }) => {
    const status = async (key: string | null): Promise<number> =>
      (await api().call(method, path, body, { key })).status;
    expect(await status('baton_unknown')).toBe(access === 'public' ? 200 : 401);
    expect(await status(null)).toBe(access === 'public' ? 200 : 401);
    for (const [role, key] of Object.entries(keys)) {
      const answer = await status(key);
      expect([role, answer === 401 || answer === 403]).toEqual([role, !OPEN[access].includes(role)]);
    }
  });

  it('is closed to whatever writes leads, reps, pools, policies, webhooks and keys without being an admin', () => {
    const open = ROUTES.filter(({ method, access }) => method !== 'GET' && access !== 'admin');
    const others = open.filter(({ title }) => !/^POST \/v1\/(?:leads|tasks)\/:id\/[a-z-]+$/.test(title));
    // What marketing and sales agree on is theirs.
    expect(others.map(({ title, access }) => [title, access])).toEqual([
      ['POST /v1/policies', 'agreement'],
      ['POST /v1/policies/:hash/propose', 'agreement'],
      ['POST /v1/policies/:hash/approve', 'team'],
      ['POST /v1/policies/:hash/reject', 'team'],
      ['POST /v1/policies/:hash/activate', 'agreement'],
      ['POST /v1/policies/:hash/retire', 'agreement'],
      ['POST /v1/reviews', 'agreement'],
    ]);
  });

  it('is closed to a key that was revoked', async () => {
    const made = await api().call('POST', '/v1/api-keys', { name: 'short', role: 'admin' });
    expect((await api().call('GET', '/v1/reps', undefined, { key: made.body.key })).status).toBe(200);
    await api().call('DELETE', `/v1/api-keys/${made.body.id}`);
    const refused = await api().call('GET', '/v1/reps', undefined, { key: made.body.key });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
  });
});

describe('a key', () => {
  const api = useApi();

  it('is stored as a hash only', async () => {
    const made = await api().call(
      'POST',
      '/v1/api-keys',
      { name: 'bridge', role: 'admin' },
      { idempotencyKey: 'k1' },
    );
    expect(made.body.key).toMatch(/^baton_[A-Za-z0-9_-]{43}$/);
    for (const table of ['api_key', 'idempotency']) {
      const rows = await api().dataSource.query<unknown[]>(`select * from ${table}`);
      expect(JSON.stringify(rows)).not.toContain(made.body.key);
    }
    expect((await api().call('GET', '/v1/api-keys')).text).not.toContain(made.body.key);
    const repeat = await api().call(
      'POST',
      '/v1/api-keys',
      { name: 'bridge', role: 'admin' },
      { idempotencyKey: 'k1' },
    );
    expect(repeat.body).toEqual(made.body);
  });

  it('is made once for a fresh database, however many start', async () => {
    const config = { databaseUrl: String(Reflect.get(api().dataSource.options, 'url')) };
    await api().dataSource.query('delete from api_key where name = $1', ['first admin key']);
    await api().dataSource.query('delete from api_key');
    const keys = await Promise.all(Array.from({ length: 6 }, () => createFirstAdminKey(config)));
    expect(keys.filter((key) => key !== null)).toHaveLength(1);
  });
});

describe('Baton-Actor', () => {
  const api = useApi();
  let one = '';
  let marketing = '';
  beforeAll(async () => {
    one = await repKey(api(), 'rep-1');
    await repKey(api(), 'rep-2');
    const made = await api().call('POST', '/v1/api-keys', { name: 'm', role: 'marketing' });
    marketing = made.body.key as string;
  });

  it.each([
    ['an admin for a rep', null, 'rep:rep-1', 200],
    ['an admin for nobody we know', null, 'rep:rep-9', 400],
    ['an admin in other words', null, 'rep-1', 400],
    ['a rep for itself', 'own', 'rep:rep-1', 200],
    ['a rep for another', 'own', 'rep:rep-2', 403],
    ['marketing for a rep', 'marketing', 'rep:rep-1', 403],
  ])('%s', async (_, whose, actor, status) => {
    const key = whose === null ? api().adminKey : whose === 'own' ? one : marketing;
    expect((await api().call('GET', '/v1/reps', undefined, { key, actor })).status).toBe(status);
  });
});
