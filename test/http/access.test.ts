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

describe('a route', () => {
  const api = useApi();
  let rep = '';
  beforeAll(async () => {
    rep = await repKey(api(), 'rep-1');
  });

  // Bodies and ids are wrong on purpose: who may not come in must hear so before anything else.
  it.each(ROUTES)('$title lets in whom it says', async ({ method, path, access, body }) => {
    const status = async (key: string | null): Promise<number> =>
      (await api().call(method, path, body, { key })).status;
    const closed = [401, 403];
    expect(await status('baton_unknown')).toBe(access === 'public' ? 200 : 401);
    expect(await status(null)).toBe(access === 'public' ? 200 : 401);
    if (access === 'admin') expect(await status(rep)).toBe(403);
    else expect(closed).not.toContain(await status(rep));
    expect(closed).not.toContain(await status(api().adminKey));
  });

  it('is closed to whatever writes leads, reps, pools, policies, webhooks and keys without being an admin', () => {
    const open = ROUTES.filter(({ method, access }) => method !== 'GET' && access !== 'admin');
    expect(open.every(({ title }) => /^POST \/v1\/(?:leads|tasks)\/:id\/[a-z-]+$/.test(title))).toBe(true);
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
  beforeAll(async () => {
    one = await repKey(api(), 'rep-1');
    await repKey(api(), 'rep-2');
  });

  it.each([
    ['an admin for a rep', null, 'rep:rep-1', 200],
    ['an admin for nobody we know', null, 'rep:rep-9', 400],
    ['an admin in other words', null, 'rep-1', 400],
    ['a rep for itself', 'own', 'rep:rep-1', 200],
    ['a rep for another', 'own', 'rep:rep-2', 403],
  ])('%s', async (_, whose, actor, status) => {
    const key = whose === null ? api().adminKey : one;
    expect((await api().call('GET', '/v1/reps', undefined, { key, actor })).status).toBe(status);
  });
});
