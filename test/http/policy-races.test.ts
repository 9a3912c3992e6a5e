import { beforeAll, describe, expect, it } from '@jest/globals';
import { size } from '../support/size.js';
import { SAID, sitDown, type Table } from './agreement.harness.js';
import { type Reply, useApi } from './api.harness.js';

const api = useApi();
let table: Table;
let n = 0;
/** A change that nobody else has made. */
const fresh = (policy: { nurture: { recycleLimit: number }; name: string }): void => {
  n += 1;
  policy.nurture.recycleLimit = 2 + (n % 90);
  policy.name = `version-${n}`;
};

beforeAll(async () => {
  table = await sitDown(api());
  const first = await table.draft('marketing', fresh);
  await table.act('admin', first, 'activate');
});

const steps = (hash: string, kind: string): Promise<unknown[]> =>
  api().dataSource.query('select team from policy_step where policy = $1 and kind = $2', [hash, kind]);

describe('two people who activate at once', () => {
  it('one wins, the other one hears who', async () => {
    for (let round = 0; round < size(5, 50); round++) {
      const before = await table.active();
      const [one, other] = [await table.agree(fresh), await table.agree(fresh)];
      const replies = await Promise.all([
        table.act('marketing', one, 'activate', { expected: before }),
        table.act('sales', other, 'activate', { expected: before }),
      ]);
      const won = replies.findIndex(({ status }) => status === 200);
      const [winner, loser] = [replies[won], replies[1 - won]] as [Reply, Reply];
      expect(winner.body).toMatchObject({ hash: [one, other][won], state: 'active' });
      expect(loser).toMatchObject({
        status: 409,
        body: {
          code: 'changed_meanwhile',
          active: { hash: [one, other][won], by: { role: ['marketing', 'sales'][won] } },
        },
      });
      expect(await table.active()).toBe([one, other][won]);
      expect([await steps(one, 'activated'), await steps(other, 'activated')].flat()).toHaveLength(1);
    }
  });

  it('the same policy: once, and both hear that it is active', async () => {
    const expected = await table.active();
    const hash = await table.agree(fresh);
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        table.act(i % 2 === 0 ? 'marketing' : 'sales', hash, 'activate', { expected }),
      ),
    );
    expect(replies.map(({ status, body }) => [status, (body as { state: string }).state])).toEqual(
      replies.map(() => [200, 'active']),
    );
    expect(await steps(hash, 'activated')).toHaveLength(1);
  });

  it('an emergency and a plan: one of them is told', async () => {
    const expected = await table.active();
    const [planned, fix] = [await table.agree(fresh), await table.draft('sales', fresh)];
    const from = new Date(api().clock.now() + 60_000).toISOString();
    const replies = await Promise.all([
      table.act('marketing', planned, 'activate', { expected, from }),
      table.act('sales', fix, 'activate', { expected, emergency: true, reason: 'now' }),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = replies.find(({ status }) => status === 409);
    expect(['already_scheduled', 'changed_meanwhile']).toContain(refused?.body.code);
    await table.act('sales', planned, 'retire');
  });
});

describe('a team that approves many times at once', () => {
  it('has approved once', async () => {
    const hash = await table.draft('marketing', fresh);
    await table.act('marketing', hash, 'propose', SAID);
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, i) => table.act(i % 2 === 0 ? 'marketing' : 'sales', hash, 'approve')),
    );
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    expect(((await steps(hash, 'approved')) as { team: string }[]).map(({ team }) => team).sort()).toEqual([
      'marketing',
      'sales',
    ]);
  });

  it('or vetoes meanwhile: the order is told', async () => {
    const hash = await table.draft('marketing', fresh);
    await table.act('marketing', hash, 'propose', SAID);
    await table.act('marketing', hash, 'approve');
    const [approved, vetoed] = await Promise.all([
      table.act('marketing', hash, 'approve'),
      table.act('sales', hash, 'reject', { reason: 'no' }),
    ]);
    expect(vetoed).toMatchObject({ status: 200, body: { state: 'rejected' } });
    expect([200, 409]).toContain(approved.status);
    expect((await table.get(`/v1/policies/${hash}`)).body.state).toBe('rejected');
  });
});

describe('a draft', () => {
  it('that many store at once is one draft by one of them', async () => {
    n += 1;
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => table.draft('sales', (policy) => (policy.name = `together-${n}`))),
    );
    expect(new Set(replies).size).toBe(1);
    expect(await steps(replies[0] ?? '', 'drafted')).toHaveLength(1);
  });
});
