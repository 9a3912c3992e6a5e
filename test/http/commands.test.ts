import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Apply } from '../../src/leads/apply.js';
import { createApply } from '../../src/leads/apply.js';
import { LeadsUnavailable } from '../../src/leads/lead-gateway.js';
import { createPolicyStore } from '../../src/policies/policy-store.js';
import { useShell } from '../workflows/shell.js';
import { activatePolicy, type Api, JOURNAL_KEY, repKey, type Reply, useApi } from './api.harness.js';

/** Reps rep-1 and rep-2 in the pool `sdr`, the shipped policy, and a key for each rep. */
async function prepare(api: Api): Promise<Record<string, string>> {
  await activatePolicy(api);
  const keys = { 'rep-1': await repKey(api, 'rep-1'), 'rep-2': await repKey(api, 'rep-2') };
  const members = [{ rep: 'rep-1' }, { rep: 'rep-2' }];
  // The policy has brought the pools that it names.
  for (const pool of ['sdr', 'ae']) await api.call('PUT', `/v1/pools/${pool}/members`, { members });
  return keys;
}

/** A lead in the hands of the rep whose turn it is. */
async function offered(api: Api, name: string): Promise<{ id: string; rep: string; other: string }> {
  const made = await api.call('POST', '/v1/leads', {
    externalIds: [{ source: 'crm', id: name }],
    email: `${name}@example.com`,
  });
  const id = String(made.body.id);
  const handed = await api.call('POST', `/v1/leads/${id}/hand-off`, { reason: 'asked', pool: 'sdr' });
  expect(handed).toMatchObject({ status: 200, body: { lead: { situation: 'mql.offered' } } });
  const rep = String(handed.body.lead.handOff.rep);
  return { id, rep, other: rep === 'rep-1' ? 'rep-2' : 'rep-1' };
}

describe('a command', () => {
  let apply: Apply | undefined;
  /** Leads whose workflow was asked. */
  const asked: string[] = [];
  const shell = useShell((request) => {
    if (apply === undefined) throw new Error('the API comes first');
    return apply(request);
  });
  const api = useApi({
    gateway: ({ dataSource }) => {
      apply = createApply({ dataSource, journalKey: JOURNAL_KEY, policies: createPolicyStore(JOURNAL_KEY) });
      return {
        command: (lead, kind, input) => {
          asked.push(lead);
          return shell().gateway.command(lead, kind, input);
        },
      };
    },
    realTime: true,
  });
  let keys: Record<string, string> = {};
  beforeAll(async () => {
    keys = await prepare(api());
  });
  const as = (rep: string) => ({ key: keys[rep] ?? '' });
  const post = (path: string, body: unknown = {}, options = {}): Promise<Reply> =>
    api().call('POST', path, body, options);

  it('takes a lead from offer to won, each step as the one who did it', async () => {
    const { id, rep } = await offered(api(), 'whole');
    const steps: [string, object, string][] = [
      ['accept', {}, 'sal'],
      ['first-response', { channel: 'phone' }, 'sal'],
      ['qualification', { criterion: 'challenge', answer: 'confirmed' }, 'sal'],
      ['qualification', { criterion: 'authority', answer: 'confirmed' }, 'sal'],
      ['qualification', { criterion: 'timeline', answer: 'confirmed' }, 'sal'],
    ];
    for (const [command, body, stage] of steps) {
      const reply = await post(`/v1/leads/${id}/${command}`, body, as(rep));
      expect([command, reply.status, reply.body.lead?.stage ?? reply.text]).toEqual([command, 200, stage]);
    }
    const sql = await post(`/v1/leads/${id}/qualify`, {}, as(rep));
    expect(sql).toMatchObject({ status: 200, body: { lead: { stage: 'sql', handOff: { kind: 'ae' } } } });
    const ae = String(sql.body.lead.handOff.rep);
    expect((await post(`/v1/leads/${id}/accept`, {}, { actor: `rep:${ae}` })).status).toBe(200);
    expect((await post(`/v1/leads/${id}/opportunity`, { reference: 'crm-1' }, as(ae))).body.lead.stage).toBe(
      'opportunity',
    );
    const won = await post(`/v1/leads/${id}/won`, { amount: 100, currency: 'EUR' }, as(ae));
    expect(won.body.lead.stage).toBe('closed_won');

    const { items } = (await api().call('GET', `/v1/leads/${id}/journey?limit=200`)).body as {
      items: { seq: number; kind: string; actor: unknown }[];
    };
    expect(items.map(({ seq }) => seq)).toEqual(items.map((_, i) => i + 1));
    const accepts = items.filter(({ kind }) => kind === 'accept').map(({ actor }) => actor);
    expect(accepts).toMatchObject([
      { kind: 'rep', id: rep, onBehalfOf: null },
      { kind: 'admin', onBehalfOf: ae },
    ]);
    expect((await api().call('GET', '/v1/reports/funnel')).body.total.reached).toMatchObject({
      sal: 1,
      closed_won: 1,
    });
  });

  it('of an ended journey is decided without a workflow', async () => {
    const { id } = await offered(api(), 'ended');
    await post(`/v1/leads/${id}/disqualify`, { reason: 'spam' });
    asked.length = 0;
    expect((await post(`/v1/leads/${id}/accept`, {})).body).toMatchObject({ status: 409, code: 'not_open' });
    expect(await post(`/v1/leads/${id}/reopen`, { reason: 'came_back' })).toMatchObject({
      status: 200,
      body: { lead: { id } },
    });
    expect(asked).toEqual([]);
  });

  it('that is not allowed is a 409 with code, reason and state, and in the journal', async () => {
    const { id, rep, other } = await offered(api(), 'refused');
    const refused = await post(`/v1/leads/${id}/accept`, {}, as(other));
    expect(refused.status).toBe(409);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.body).toMatchObject({
      code: 'not_yours',
      detail: expect.any(String),
      state: { id, handOff: { rep } },
    });
    expect((await post(`/v1/leads/${id}/decline`, { reason: 'no_such_reason' }, as(rep))).body.code).toBe(
      'unknown_reason',
    );
    const journey = await api().call('GET', `/v1/leads/${id}/journey`);
    expect((journey.body.items as unknown[]).at(-2)).toMatchObject({
      kind: 'accept',
      refusal: 'not_yours',
      transitions: [],
    });
  });

  it('with a key is answered the same for ever, also by the external id; another body is 422', async () => {
    const { id, rep } = await offered(api(), 'repeated');
    const options = { ...as(rep), idempotencyKey: 'accept-1' };
    const first = await post(`/v1/leads/${id}/accept`, { note: 'On it.' }, options);
    expect(first.status).toBe(200);
    await post(`/v1/leads/${id}/first-response`, {}, as(rep));
    const repeat = await post('/v1/leads/external:crm:repeated/accept', { note: 'On it.' }, options);
    expect([repeat.status, repeat.body]).toEqual([200, first.body]);
    expect((await post(`/v1/leads/${id}/accept`, { note: 'Other.' }, options)).status).toBe(422);
    expect((await post(`/v1/leads/${id}/accept`, {}, as(rep))).body.code).toBe('already_accepted');
  });

  it('sent 50 times at once with one key has one effect, and everybody hears the same', async () => {
    const { id, rep } = await offered(api(), 'parallel');
    const replies = await Promise.all(
      Array.from({ length: 50 }, () =>
        post(`/v1/leads/${id}/accept`, {}, { ...as(rep), idempotencyKey: 'one' }),
      ),
    );
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies[0]?.status).toBe(200);
    const rows = await api().dataSource.query<unknown[]>(
      `select 1 from journal where lead_id = $1 and kind = 'accept'`,
      [id],
    );
    expect(rows).toHaveLength(1);
  });

  it('sent 50 times at once with 50 keys succeeds once', async () => {
    const { id, rep } = await offered(api(), 'race');
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => post(`/v1/leads/${id}/accept`, {}, as(rep))),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(replies.filter(({ body }) => body.code === 'already_accepted')).toHaveLength(49);
  });

  it('keeps free text apart from journal, inbox and Temporal', async () => {
    const { id, rep } = await offered(api(), 'note');
    await post(`/v1/leads/${id}/accept`, { note: 'private words' }, as(rep));
    for (const table of ['journal', 'inbox', 'idempotency', 'evidence', 'delivery']) {
      expect(JSON.stringify(await api().dataSource.query(`select * from ${table}`))).not.toContain(
        'private words',
      );
    }
    const apart = await api().dataSource.query('select * from personal_evidence where lead_id = $1', [id]);
    expect(JSON.stringify(apart)).toContain('private words');
    expect((await post(`/v1/leads/${id}/accept`, { note: 'n'.repeat(2_001) }, as(rep))).status).toBe(400);
  });

  it('explains who was given the lead, and why nobody else', async () => {
    const { id, rep, other } = await offered(api(), 'explained');
    await post(`/v1/leads/${id}/decline`, { reason: 'no_time' }, as(rep));
    const { body } = await api().call('GET', `/v1/leads/${id}/routing`);
    expect(body.items).toHaveLength(2);
    expect(body.items[0]).toMatchObject({ pool: 'sdr', rep });
    expect(body.items[1]).toMatchObject({ rep: other });
    const verdicts = body.items[1].candidates as { rep: string; excludedBy: string | null }[];
    expect(verdicts.find((verdict) => verdict.rep === rep)?.excludedBy).toBe('excluded');
  });
});

describe('a command while nobody decides', () => {
  let away = true;
  const api = useApi({
    gateway: ({ direct }) => ({
      command: (lead, _kind, input) =>
        away
          ? Promise.reject(new LeadsUnavailable('leads cannot be decided about just now'))
          : direct(lead, input),
    }),
  });

  it('is a 503 that says when to come back, and the same key is safe', async () => {
    await prepare(api());
    const made = await api().call('POST', '/v1/leads', { email: 'later@example.com' });
    const path = `/v1/leads/${String(made.body.id)}/hand-off`;
    const send = () =>
      api().call('POST', path, { reason: 'asked', pool: 'sdr' }, { idempotencyKey: 'later' });
    const unavailable = await send();
    expect(unavailable.status).toBe(503);
    expect(unavailable.headers.get('retry-after')).toBe('2');
    away = false;
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(200);
    const journey = await api().call('GET', `/v1/leads/${String(made.body.id)}/journey`);
    expect((journey.body.items as { kind: string }[]).map(({ kind }) => kind)).toEqual([
      'captured',
      'hand_off',
    ]);
  });
});
