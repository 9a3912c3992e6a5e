import { beforeAll, describe, expect, it } from '@jest/globals';
import { DAY } from '../../src/domain/time.js';
import { sitDown, type Table } from './agreement.harness.js';
import { START, useApi } from './api.harness.js';

const api = useApi();
let table: Table;
const at = (days: number): string => new Date(START + days * DAY).toISOString();
const schedule = async () => {
  const { every, nextDue, overdue } = (await table.get('/v1/reviews')).body;
  return { every, nextDue, overdue };
};

beforeAll(async () => {
  table = await sitDown(api());
});

describe('joint reviews', () => {
  const held = { participants: ['Ada', 'Grace'], decision: 'no_change', notes: 'Too early to tell.' };

  it('need a policy, and have no date where none is agreed', async () => {
    expect((await table.post('sales', '/v1/reviews', held)).body.code).toBe('no_active_policy');
    const first = await table.draft('sales', () => undefined);
    await table.act('admin', first, 'activate');
    expect(await schedule()).toEqual({ every: null, nextDue: null, overdue: false });
  });

  it('are due so long after the activation, and overdue from then on', async () => {
    const expected = await table.active();
    const hash = await table.agree((policy) => (policy.review = { every: '4 weeks' }));
    api().clock.advance(DAY);
    await table.act('sales', hash, 'activate', { expected });
    expect(await schedule()).toEqual({ every: '4 weeks', nextDue: at(29), overdue: false });
    api().clock.set(START + 29 * DAY - 1);
    expect((await schedule()).overdue).toBe(false);
    api().clock.advance(1);
    expect((await schedule()).overdue).toBe(true);
  });

  it('are recorded with who took part and what was decided, also when nothing changes', async () => {
    api().clock.set(START + 30 * DAY);
    const active = await table.active();
    const made = await table.post('marketing', '/v1/reviews', held);
    expect(made).toMatchObject({
      status: 201,
      body: { ...held, policy: active, at: at(30), by: { role: 'marketing', name: 'key of marketing' } },
    });
    expect(await schedule()).toEqual({ every: '4 weeks', nextDue: at(58), overdue: false });
    api().clock.set(START + 40 * DAY);
    const policies = (await table.get('/v1/policies')).body.items as { hash: string }[];
    const older = policies.at(-1)?.hash;
    await table.post('sales', '/v1/reviews', { participants: ['Eve'], decision: 'change', policy: older });
    const { items } = (await table.get('/v1/reviews')).body;
    expect(items).toMatchObject([
      { decision: 'change', policy: older, notes: null, participants: ['Eve'] },
      made.body,
    ]);
    const page = await table.get('/v1/reviews?limit=1');
    expect(page.body.items).toHaveLength(1);
    const rest = await table.get(`/v1/reviews?limit=1&cursor=${String(page.body.next)}`);
    expect(rest.body).toMatchObject({ items: [made.body], next: null });
  });

  it.each([
    [{ participants: [], decision: 'change' }, ['/participants']],
    [{ participants: ['Ada'], decision: 'maybe' }, ['/decision']],
    [{ decision: 'no_change', policy: 'x' }, ['/participants', '/policy']],
  ])('%j is refused', async (body, paths) => {
    const reply = await table.post('sales', '/v1/reviews', body);
    expect(reply.status).toBe(400);
    expect((reply.body.errors as { path: string }[]).map(({ path }) => path).sort()).toEqual(paths);
  });

  it('of a policy that is none are not found', async () => {
    const body = { participants: ['Ada'], decision: 'change', policy: 'f'.repeat(64) };
    expect((await table.post('sales', '/v1/reviews', body)).status).toBe(404);
  });

  it('are in the chained history without a name', async () => {
    const entries = await api().dataSource.query<{ bytes: string }[]>(
      `select bytes from operational_entry where subject like 'review:%' order by n`,
    );
    expect(
      entries.map(({ bytes }) => (JSON.parse(bytes) as { change: { decision: string } }).change.decision),
    ).toEqual(['no_change', 'change']);
    expect(JSON.stringify(entries)).not.toMatch(/Ada|Too early/);
  });
});
