import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DAY, HOUR } from '../../src/domain/time.js';
import { PLAYBOOK_POLICY } from '../domain/playbooks/policies.js';
import { type Call, repKey, type Reply, START, useApi } from './api.harness.js';

describe('tasks', () => {
  const api = useApi();
  const keys: Record<string, string> = {};
  const as = (rep: string): Call => ({ key: keys[rep] ?? '' });
  const get = (path: string, options?: Call): Promise<Reply> =>
    api().call('GET', path, undefined, options ?? {});
  const post = (path: string, body: unknown = {}, options?: Call): Promise<Reply> =>
    api().call('POST', path, body, options ?? {});
  const iso = (at: number): string => new Date(at).toISOString();
  const titles = (reply: Reply): string[] =>
    (reply.body.items as { title: string }[]).map(({ title }) => title);

  beforeAll(async () => {
    const saved = await post('/v1/policies', PLAYBOOK_POLICY);
    expect(saved.status).toBe(201);
    await post(`/v1/policies/${saved.body.hash as string}/activate`);
    for (const rep of ['ana', 'ben']) keys[rep] = await repKey(api(), rep);
    await api().call('PUT', '/v1/pools/sdr/members', { members: [{ rep: 'ana' }] });
  });
  beforeEach(() => api().clock.set(START));

  /** A lead that Ana has accepted: she is to call it within two hours. */
  async function accepted(name: string): Promise<string> {
    const externalIds = [{ source: 'crm', id: name }];
    const { body } = await post('/v1/leads', { externalIds, email: `${name}@example.com` });
    const id = String(body.id);
    await post(`/v1/leads/${id}/hand-off`, { reason: 'asked', pool: 'sdr' });
    const reply = await post(`/v1/leads/${id}/accept`, {}, as('ana'));
    expect(reply.body.lead.stage).toBe('sal');
    return id;
  }
  const taskOf = async (lead: string): Promise<string> => {
    const { body } = await get(`/v1/tasks?lead=${lead}`);
    return String(body.items[0].id);
  };

  it('are in the lead, and found by lead, owner, status and due date', async () => {
    const lead = await accepted('found');
    const { body } = await get(`/v1/leads/${lead}`);
    expect(body.tasks).toEqual([
      {
        id: expect.stringMatching(/^tk_/),
        lead,
        title: `Call ${lead}, ana`,
        rep: 'ana',
        team: 'sales',
        dueAt: iso(START + 2 * HOUR),
        status: 'open',
        playbook: 'call',
        track: null,
        seq: body.lead.seq,
        createdAt: iso(START),
        finishedAt: null,
        finishedBy: null,
      },
    ]);
    expect(body.tracks).toEqual([
      { track: 'newsletter', enteredAt: iso(START), done: 0, nextAt: iso(START + 30 * DAY) },
    ]);
    const [task] = body.tasks;
    expect((await get(`/v1/tasks/${task.id as string}`)).body).toEqual(task);
    const external = await get('/v1/tasks?lead=external:crm:found&owner=ana&status=open');
    expect(external.body).toEqual({ items: [task], next: null });
    expect(titles(await get(`/v1/tasks?lead=${lead}&dueBefore=${iso(START + 2 * HOUR)}`))).toEqual([]);
    expect(titles(await get(`/v1/tasks?lead=${lead}&dueBefore=${iso(START + 2 * HOUR + 1)}`))).toHaveLength(
      1,
    );
    expect(titles(await get(`/v1/tasks?lead=${lead}&owner=ben`))).toEqual([]);
    expect(titles(await get(`/v1/tasks?lead=${lead}&status=done`))).toEqual([]);
    expect(titles(await get(`/v1/tasks?lead=${lead}&team=sales`))).toEqual([]);
    expect((await get('/v1/tasks?lead=external:crm:nobody')).status).toBe(404);
    expect((await get('/v1/tasks/tk_none')).status).toBe(404);
    expect((await get('/v1/tasks?dueBefore=soon')).status).toBe(400);
  });

  it('come page by page, what is due first first, none twice', async () => {
    const all: string[] = [];
    for (const name of ['p1', 'p2', 'p3']) {
      api().clock.advance(HOUR);
      all.push(await taskOf(await accepted(name)));
    }
    const seen: string[] = [];
    const due: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const cursor: string = next === '' ? '' : `&cursor=${next}`;
      const { body } = await get(`/v1/tasks?limit=1&status=open${cursor}`);
      seen.push(...(body.items as { id: string }[]).map(({ id }) => id));
      due.push(...(body.items as { dueAt: string }[]).map(({ dueAt }) => dueAt));
      next = body.next as string | null;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(all));
    expect(due).toEqual([...due].sort());
  });

  it('are done by their rep, once, and who did it is kept', async () => {
    const task = await taskOf(await accepted('done'));
    api().clock.advance(HOUR);
    const done = await post(`/v1/tasks/${task}/done`, undefined, { ...as('ana'), idempotencyKey: 'd-1' });
    expect(done).toMatchObject({
      status: 200,
      body: {
        status: 'done',
        finishedAt: iso(START + HOUR),
        finishedBy: { kind: 'rep', id: 'ana', onBehalfOf: null },
      },
    });
    api().clock.advance(HOUR);
    const key = { ...as('ana'), idempotencyKey: 'd-1' };
    expect((await post(`/v1/tasks/${task}/done`, undefined, key)).body).toEqual(done.body);
    expect((await post(`/v1/tasks/${task}/done`)).body).toEqual(done.body);
    expect(await post(`/v1/tasks/${task}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'task_closed' },
    });
  });

  it('are closed once by two at the same moment', async () => {
    const task = await taskOf(await accepted('race'));
    const replies = await Promise.all([post(`/v1/tasks/${task}/done`), post(`/v1/tasks/${task}/cancel`)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('of others are not there for a rep, and an admin acts for anybody', async () => {
    const lead = await accepted('others');
    const task = await taskOf(lead);
    expect((await get(`/v1/tasks/${task}`, as('ana'))).status).toBe(200);
    expect((await get(`/v1/tasks/${task}`, as('ben'))).status).toBe(404);
    expect((await get(`/v1/tasks?lead=${lead}`, as('ben'))).body.items).toEqual([]);
    expect((await get(`/v1/leads/${lead}`, as('ben'))).body.tasks).toEqual([]);
    expect((await post(`/v1/tasks/${task}/done`, undefined, as('ben'))).status).toBe(404);
    expect((await post(`/v1/tasks/${task}/done`, undefined, { actor: 'rep:ben' })).status).toBe(404);
    const cancelled = await post(`/v1/tasks/${task}/cancel`);
    expect(cancelled.body).toMatchObject({ status: 'cancelled', finishedBy: { kind: 'admin' } });
  });

  it('of the team are seen by its reps and closed by who speaks for it', async () => {
    const lead = await accepted('team');
    const task = await taskOf(lead);
    await api().dataSource.query('update task set rep_id = null where id = $1', [task]);
    expect((await get(`/v1/tasks?team=sales&lead=${lead}`, as('ben'))).body.items).toMatchObject([
      { id: task, rep: null, team: 'sales' },
    ]);
    expect(await post(`/v1/tasks/${task}/done`, undefined, as('ben'))).toMatchObject({
      status: 409,
      body: { code: 'not_yours' },
    });
    const keyOf = async (role: string): Promise<Call> => {
      const made = await post('/v1/api-keys', { name: role, role });
      return { key: String(made.body.key) };
    };
    const marketing = await keyOf('marketing');
    expect((await post(`/v1/tasks/${task}/done`, undefined, marketing)).body.code).toBe('not_yours');
    expect((await post(`/v1/tasks/${task}/done`, undefined, await keyOf('sales'))).status).toBe(200);
  });

  it('go with a lead that is taken over, and are cancelled with the stage', async () => {
    const lead = await accepted('moves');
    const task = await taskOf(lead);
    await post(`/v1/leads/${lead}/reassign`, { rep: 'ben' });
    expect((await get(`/v1/tasks/${task}`, as('ben'))).body).toMatchObject({ rep: 'ben', status: 'open' });
    expect((await get(`/v1/tasks/${task}`, as('ana'))).status).toBe(404);
    await post(`/v1/leads/${lead}/recycle`, { reason: 'cooled' }, as('ben'));
    const { body } = await get(`/v1/tasks/${task}`);
    expect(body).toMatchObject({ status: 'cancelled', finishedBy: { kind: 'rep', id: 'ben' } });
  });

  it('and what playbooks say are in the list of deliveries', async () => {
    const lead = await accepted('said');
    const { body } = await get(`/v1/deliveries?lead=${lead}`);
    expect(body.items).toContainEqual(
      expect.objectContaining({
        about: 'playbook',
        rule: 'call',
        step: null,
        topic: null,
        text: 'Call within two hours',
        recipient: { kind: 'rep', id: 'ana' },
      }),
    );
  });
});
