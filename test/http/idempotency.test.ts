import { beforeAll, describe, expect, it } from '@jest/globals';
import { activatePolicy, START, useApi } from './api.harness.js';

const AT = new Date(START).toISOString();
const event = (id: string): object => ({
  lead: { externalIds: [{ source: 'crm', id: 'same' }] },
  source: 'web',
  id,
  kind: 'pricing_page_view',
  occurredAt: AT,
});

describe('an Idempotency-Key', () => {
  const api = useApi();
  beforeAll(async () => {
    await activatePolicy(api());
    await api().call('POST', '/v1/reps', { id: 'rep-0', name: 'Zero' });
    await api().call('POST', '/v1/pools', { id: 'sdr', name: 'SDR' });
  });
  const count = async (sql: string): Promise<number> => {
    const [row] = await api().dataSource.query<{ n: number }[]>(`select count(*)::int as n ${sql}`);
    return row?.n ?? -1;
  };

  it('sent 50 times at once makes one rep, and everybody hears the same', async () => {
    const replies = await Promise.all(
      Array.from({ length: 50 }, () =>
        api().call('POST', '/v1/reps', { name: 'Once' }, { idempotencyKey: 'rep' }),
      ),
    );
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies[0]?.status).toBe(201);
    expect(await count("from rep where name = 'Once'")).toBe(1);
    expect(await count(`from operational_entry where subject = 'rep:${String(replies[0]?.body.id)}'`)).toBe(
      1,
    );
  });

  it('sent 50 times at once makes one lead, and everybody hears that it was created', async () => {
    const body = { email: 'once@example.com', name: 'Once' };
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => api().call('POST', '/v1/leads', body, { idempotencyKey: 'lead' })),
    );
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies[0]).toMatchObject({ status: 200, body: { status: 'created', stage: 'inquiry' } });
  });

  it('with 50 different keys at once lets everybody through', async () => {
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        api().call('POST', '/v1/events', event(`many-${i}`), { idempotencyKey: `event-${i}` }),
      ),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(new Set(replies.map(({ body }) => String(body.lead))).size).toBe(1);
  });

  it.each([
    ['POST', '/v1/reps', { id: 'rep-a', name: 'A' }, { id: 'rep-a', name: 'B' }],
    ['PATCH', '/v1/reps/rep-0', { cap: 3 }, { cap: 4 }],
    ['POST', '/v1/pools', { id: 'pool-a', name: 'A' }, { id: 'pool-a', name: 'B' }],
    ['PUT', '/v1/pools/sdr/members', { members: [{ rep: 'rep-0' }] }, { members: [] }],
    ['POST', '/v1/webhooks', { url: 'https://example.com/a' }, { url: 'https://example.com/b' }],
    ['POST', '/v1/api-keys', { name: 'a', role: 'admin' }, { name: 'b', role: 'admin' }],
    ['POST', '/v1/leads', { email: 'a@example.com' }, { email: 'b@example.com' }],
    ['POST', '/v1/events', event('one'), event('two')],
    ['POST', '/v1/events/batch', { events: [event('b1')] }, { events: [event('b2')] }],
  ])(
    'on %s %s gives a repeat the stored answer, and 422 to another body',
    async (method, path, body, other) => {
      const idempotencyKey = `stored ${method} ${path}`;
      const first = await api().call(method, path, body, { idempotencyKey });
      expect(first.status).toBeLessThan(300);
      const repeat = await api().call(method, path, body, { idempotencyKey });
      expect([repeat.status, repeat.body]).toEqual([first.status, first.body]);
      expect((await api().call(method, path, other, { idempotencyKey })).status).toBe(422);
    },
  );

  it('belongs to the one who sent it, and to the route', async () => {
    const other = await api().call('POST', '/v1/api-keys', { name: 'other', role: 'admin' });
    const send = (path: string, key: string) =>
      api().call('POST', path, { name: 'Mine' }, { idempotencyKey: 'mine', key });
    const replies = [
      await send('/v1/reps', api().adminKey),
      await send('/v1/reps', String(other.body.key)),
      await send('/v1/pools', api().adminKey),
    ];
    expect(replies.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(replies.map(({ body }) => String(body.id))).size).toBe(3);
  });

  it('of a write that failed is free again', async () => {
    const body = { name: 'x', role: 'rep', rep: 'rep-late' };
    expect((await api().call('POST', '/v1/api-keys', body, { idempotencyKey: 'late' })).status).toBe(400);
    await api().call('POST', '/v1/reps', { id: 'rep-late', name: 'Late' });
    expect((await api().call('POST', '/v1/api-keys', body, { idempotencyKey: 'late' })).status).toBe(201);
  });

  it('that is none makes every request new', async () => {
    const [a, b] = [
      await api().call('POST', '/v1/pools', { name: 'N' }),
      await api().call('POST', '/v1/pools', { name: 'N' }),
    ];
    expect(a.body.id).not.toBe(b.body.id);
    expect(
      (await api().call('POST', '/v1/pools', { name: 'N' }, { idempotencyKey: 'x'.repeat(256) })).status,
    ).toBe(400);
  });
});
