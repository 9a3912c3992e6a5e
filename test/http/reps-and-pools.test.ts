import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { canonical } from '../../src/domain/canonical.js';
import { GENESIS, linkHash } from '../../src/journal/chain.js';
import { useApi } from './api.harness.js';

interface Entry {
  subject: string;
  bytes: string;
  prev_hash: string;
  hash: string;
}

describe('reps and pools', () => {
  const api = useApi();
  const post = (path: string, body?: unknown) => api().call('POST', path, body);
  const entries = (): Promise<Entry[]> =>
    api().dataSource.query<Entry[]>(
      'select subject, bytes, prev_hash, hash from operational_entry order by n',
    );
  const lastEntry = async (): Promise<{ subject: string; change: Record<string, unknown>; by: string }> =>
    JSON.parse((await entries()).at(-1)?.bytes ?? '{}') as never;
  const wakes = (): Promise<{ pool: string }[]> =>
    api().dataSource.query(
      `select payload->>'poolId' as pool from graphile_worker._private_jobs j
         join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'pool.wake' order by 1`,
    );
  const setPositions = (positions: Record<string, number>): Promise<unknown> =>
    Promise.all(
      Object.entries(positions).map(([rep, position]) =>
        api().dataSource.query('update pool_member set position = $2 where rep_id = $1', [rep, position]),
      ),
    );
  const members = async (): Promise<Record<string, string>> => {
    const pool = await api().call('GET', '/v1/pools/sdr');
    return Object.fromEntries(
      (pool.body.members as { rep: string; position: string }[]).map((m) => [m.rep, m.position]),
    );
  };

  beforeAll(async () => {
    for (const rep of ['rep-1', 'rep-2', 'rep-3']) await post('/v1/reps', { id: rep, name: rep, cap: 5 });
    await post('/v1/pools', {
      id: 'sdr',
      name: 'SDR',
      members: [{ rep: 'rep-1' }, { rep: 'rep-2', weight: 3 }],
    });
  });
  beforeEach(() => api().dataSource.query('delete from graphile_worker._private_jobs'));

  it('let a new member join at the lowest position, and leave the others where they are', async () => {
    await setPositions({ 'rep-1': 700, 'rep-2': 300 });
    const list = [{ rep: 'rep-1' }, { rep: 'rep-2', weight: 4 }, { rep: 'rep-3' }];
    const reply = await api().call('PUT', '/v1/pools/sdr/members', { members: list });
    expect(reply.status).toBe(200);
    expect(await members()).toEqual({ 'rep-1': '700', 'rep-2': '300', 'rep-3': '300' });
    expect((await lastEntry()).change).toMatchObject({ what: 'members', pool: 'sdr' });
    expect(await wakes()).toEqual([{ pool: 'sdr' }]);
  });

  it('raise a rep who comes back to the lowest eligible position, and say so in the entry', async () => {
    await post('/v1/reps/rep-1/pause');
    await post('/v1/reps/rep-2/pause');
    expect(await wakes()).toEqual([]);
    await setPositions({ 'rep-1': 10, 'rep-2': 20, 'rep-3': 900 });
    const resumed = await post('/v1/reps/rep-1/resume');
    expect(resumed.body).toMatchObject({ id: 'rep-1', paused: false });
    // rep-2 is lower, but paused.
    expect(await members()).toMatchObject({ 'rep-1': '900', 'rep-2': '20' });
    expect(await lastEntry()).toMatchObject({
      subject: 'rep:rep-1',
      change: { paused: false, positions: { sdr: '900' } },
    });
    expect(await wakes()).toEqual([{ pool: 'sdr' }]);
    await post('/v1/reps/rep-2/resume');
  });

  it.each([
    ['a cap is raised', { cap: 6 }, 1],
    ['a cap is lowered', { cap: 1 }, 0],
    ['a cap goes away', { cap: null }, 1],
    ['a rep leaves', { active: false }, 0],
    ['a rep is active again', { active: true }, 1],
    ['a name is changed', { name: 'Other' }, 0],
  ])('wake the pools when there is more room: %s', async (_, change, expected) => {
    await api().call('PATCH', '/v1/reps/rep-3', change);
    expect(await wakes()).toHaveLength(expected);
  });

  it('keep their history in one chain without names, whoever writes at once', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        i % 2 === 0
          ? api().call('PATCH', `/v1/reps/rep-${(i % 3) + 1}`, { cap: 10 + i })
          : api().call('PUT', '/v1/pools/sdr/members', {
              members: [{ rep: 'rep-1' }, { rep: 'rep-2', weight: i }, { rep: 'rep-3' }],
            }),
      ),
    ).then((replies) => expect(replies.every(({ status }) => status === 200)).toBe(true));
    let prev = GENESIS;
    for (const entry of await entries()) {
      expect(entry.prev_hash).toBe(prev);
      expect(entry.hash).toBe(linkHash(prev, entry.bytes));
      expect(entry.bytes).toBe(canonical(JSON.parse(entry.bytes)));
      expect(entry.bytes).not.toMatch(/Other/);
      prev = entry.hash;
    }
  });

  it('write nothing for a change that changes nothing', async () => {
    const before = (await entries()).length;
    await api().call('PATCH', '/v1/reps/rep-1', {});
    await post('/v1/reps/rep-1/resume');
    expect((await entries()).length).toBe(before);
  });

  it('refuse what clashes and what is not there', async () => {
    expect(await post('/v1/reps', { id: 'rep-1', name: 'Again' })).toMatchObject({
      status: 409,
      body: { code: 'already_exists' },
    });
    expect(await post('/v1/pools', { id: 'sdr', name: 'Again' })).toMatchObject({
      status: 409,
      body: { code: 'already_exists' },
    });
    expect((await post('/v1/reps/rep-9/pause')).status).toBe(404);
    expect((await api().call('GET', '/v1/pools/none/queue')).status).toBe(404);
    const unknown = await api().call('PUT', '/v1/pools/sdr/members', {
      members: [{ rep: 'rep-1' }, { rep: 'x' }, { rep: 'y' }],
    });
    expect(unknown.status).toBe(400);
    expect(unknown.body.errors).toHaveLength(2);
    const twice = await api().call('PUT', '/v1/pools/sdr/members', {
      members: [{ rep: 'rep-1' }, { rep: 'rep-1' }],
    });
    expect(twice.body.errors).toMatchObject([{ path: '/members/1/rep' }]);
  });
});
