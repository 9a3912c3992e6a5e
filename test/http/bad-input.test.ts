import { beforeAll, describe, expect, it } from '@jest/globals';
import { CONTROLLERS } from '../../src/http/app.module.js';
import { endpointsOf } from '../../src/http/openapi/endpoints.js';
import { activatePolicy, BODY_LIMIT, useApi } from './api.harness.js';

const WRITES = CONTROLLERS.flatMap(endpointsOf)
  .filter(({ spec }) => spec.method !== 'get')
  .map(({ spec }) => ({
    title: `${spec.method.toUpperCase()} ${spec.path}`,
    method: spec.method.toUpperCase(),
    path: spec.path.replace(':hash', 'f'.repeat(64)).replace(':id', '11111111-1111-4111-8111-111111111111'),
  }));

const deep = (open: string, close: string, times: number): string => open.repeat(times) + close.repeat(times);

const BODIES: readonly [string, string][] = [
  ['no JSON', '{"name": '],
  ['a list', '[]'],
  ['a number', '17'],
  ['null', 'null'],
  ['a text', '"text"'],
  ['wrong types', '{"name": {"a": []}, "id": 5, "reason": [1], "events": {}, "members": "x", "email": true}'],
  ['NUL in a text', '{"name": "a\\u0000b", "reason": "x\\u0000"}'],
  ['NUL in a key', '{"a\\u0000b": 1}'],
  ['half of a surrogate pair', '{"name": "\\ud800", "email": "a@example.com"}'],
  ['a name of 10,000 characters', JSON.stringify({ name: 'n'.repeat(10_000), email: 'a@example.com' })],
  ['an enormous number', '{"cap": 1e999, "name": "n", "amount": 123456789012345678901234567890}'],
  ['deep lists', `{"fields": ${deep('[', ']', 5_000)}}`],
  ['deep objects', `{"fields": ${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`],
  ['a poisoned prototype', '{"__proto__": {"admin": true}, "constructor": 1}'],
  ['an empty body', ''],
  ['not UTF-8', 'NOT_UTF8'],
];

describe('bad input', () => {
  const api = useApi();
  beforeAll(async () => {
    await activatePolicy(api());
  });

  describe.each(WRITES)('to $title', ({ method, path }) => {
    it.each(BODIES)('%s is never a 500', async (_, text) => {
      const raw =
        text === 'NOT_UTF8' ? new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) : text;
      const reply = await api().call(method, path, undefined, { raw });
      expect(reply.status).toBeLessThan(500);
      if (reply.status >= 400) {
        expect(reply.headers.get('content-type')).toContain('application/problem+json');
        expect(reply.body).toMatchObject({
          status: reply.status,
          title: expect.any(String),
          detail: expect.any(String),
        });
      }
    });
  });

  it.each([
    '/v1/leads/%00',
    '/v1/leads/external:crm:a%00b',
    '/v1/leads/%ED%A0%80',
    '/v1/leads/%ff',
    '/v1/leads/%',
    `/v1/leads/${'x'.repeat(7_000)}`,
    '/v1/leads?source=%00',
    '/v1/leads?source=a&source=b',
    '/v1/leads?limit=0',
    '/v1/leads?limit=201',
    '/v1/leads?limit=1e2',
    '/v1/leads?stage=nowhere',
    '/v1/leads?what=1',
    '/v1/leads?cursor=!!!',
    `/v1/leads?cursor=${Buffer.from('["\\u0000"]').toString('base64url')}`,
    `/v1/leads?cursor=${Buffer.from('[5]').toString('base64url')}`,
    `/v1/deliveries?cursor=${Buffer.from('[1e300,"a"]').toString('base64url')}`,
    `/v1/policies?cursor=${Buffer.from('[-1]').toString('base64url')}`,
    '/v1/reports/funnel?group=weather',
    '/v1/webhooks/none',
  ])('GET %s is refused, not a 500', async (path) => {
    const { status } = await api().call('GET', path.slice(0, 7_500));
    expect([400, 404]).toContain(status);
  });

  it('gets every fault at once, each at its path', async () => {
    const reply = await api().call('POST', '/v1/reps', { name: '', cap: -1, email: 'x', colour: 1, size: 2 });
    expect(reply.status).toBe(400);
    const paths = (reply.body.errors as { path: string }[]).map(({ path }) => path);
    expect(paths.sort()).toEqual(['/cap', '/colour', '/email', '/name', '/size']);
  });

  // Right but for the text: nothing else refuses these.
  describe.each([
    ['NUL', 'a\0b'],
    ['half of a surrogate pair', 'a\ud800b'],
  ])('with %s in a text', (_, text) => {
    const event = { source: 'web', id: 'e', kind: 'page_view', occurredAt: '2026-01-01T00:00:00Z' };
    it.each([
      ['POST', '/v1/reps', { name: text }, '/name'],
      ['PATCH', '/v1/reps/rep-1', { name: text }, '/name'],
      ['POST', '/v1/pools', { name: text }, '/name'],
      ['POST', '/v1/api-keys', { name: text, role: 'admin' }, '/name'],
      ['POST', '/v1/leads', { email: 'a@example.com', name: text }, '/name'],
      ['POST', '/v1/leads', { email: 'a@example.com', fields: { [text]: 1 } }, /^\/fields\/a.b$/],
      ['POST', '/v1/leads', { externalIds: [{ source: 'crm', id: text }] }, '/externalIds/0/id'],
      ['POST', '/v1/events', { ...event, lead: { id: 'x' }, properties: { p: text } }, '/properties/p'],
      ['POST', '/v1/leads/x/accept', { note: text }, '/note'],
    ])('%s %s %j is a fault at its path', async (method, path, body, at) => {
      const reply = await api().call(method, path, body);
      expect(reply.status).toBe(400);
      const expected: { path: unknown } = { path: typeof at === 'string' ? at : expect.stringMatching(at) };
      expect(reply.body.errors).toMatchObject([expected]);
    });
  });

  it('of a policy gets every fault with its path', async () => {
    const reply = await api().call('POST', '/v1/policies', { name: 'X X', surprise: 1 });
    expect(reply.status).toBe(400);
    const paths = (reply.body.errors as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['/name', '/scoring', '/surprise']));
  });

  it.each(['a: [', 'a: &a [*a]', deep('[', ']', 20_000), '{? [1]: 2}', '"\\0"', '--- 1\n--- 2'])(
    'YAML %# is refused',
    async (raw) => {
      const reply = await api().call('POST', '/v1/policies', undefined, {
        raw,
        headers: { 'Content-Type': 'application/yaml' },
      });
      expect(reply.status).toBe(400);
    },
  );

  it('that is too large is 413', async () => {
    const reply = await api().call('POST', '/v1/leads', { name: 'n'.repeat(BODY_LIMIT) });
    expect(reply.status).toBe(413);
    expect(reply.body).toMatchObject({ status: 413 });
  });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'application/yaml'])(
    'sent as %s is 415',
    async (type) => {
      const reply = await api().call('POST', '/v1/leads', undefined, {
        raw: 'a=1',
        headers: { 'Content-Type': type },
      });
      expect(reply.status).toBe(415);
    },
  );

  it('to a route that is none is 404', async () => {
    expect((await api().call('GET', '/v1/nothing')).body).toMatchObject({ status: 404 });
    expect((await api().call('POST', '/v1/leads/x/dance', {})).status).toBe(404);
    expect((await api().call('POST', '/v1/leads/x/accept', {})).status).toBe(404);
  });

  it('leaves no personal data in the log', async () => {
    await api().call('POST', '/v1/leads', { email: 'secret@example.com', name: 'Very Secret', surprise: 1 });
    await api().call('GET', '/v1/leads/external:crm:secret@example.com');
    expect(api().logLines.length).toBeGreaterThan(0);
    expect(api().logLines.join('\n')).not.toMatch(/secret/i);
  });
});
