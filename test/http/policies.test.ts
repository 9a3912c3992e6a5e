import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { verify } from '../../src/audit/verify.js';
import { HOUR } from '../../src/domain/time.js';
import { createPolicyStore } from '../../src/policies/policy-store.js';
import { changedPolicy, SAID, sitDown, type Table } from './agreement.harness.js';
import { JOURNAL_KEY, START, useApi } from './api.harness.js';

const api = useApi();
let table: Table;
const weights = (explicit: number) => (policy: ReturnType<typeof changedPolicy>) => {
  policy.scoring.weights = { explicit, implicit: 100 - explicit };
};
const at = (hours: number): string => new Date(START + hours * HOUR).toISOString();
let first = '';

beforeAll(async () => {
  table = await sitDown(api());
  first = await table.draft('marketing', () => undefined);
});

describe('the first policy of an installation', () => {
  it('takes an admin, and no approval', async () => {
    const refused = await table.act('marketing', first, 'activate');
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'approval_missing', rule: 'both', missing: ['marketing', 'sales'] },
    });
    const wrong = await table.act('admin', first, 'activate', { expected: 'f'.repeat(64) });
    expect(wrong).toMatchObject({ status: 409, body: { code: 'changed_meanwhile', active: null } });
    const done = await table.act('admin', first, 'activate');
    expect(done).toMatchObject({
      status: 200,
      body: { state: 'active', active: true, needsApproval: false, from: at(0) },
    });
    expect(await table.act('admin', first, 'activate')).toMatchObject({
      status: 200,
      body: done.body as object,
    });
  });
});

describe('a change of what both sides mean', () => {
  let vetoed = '';
  let agreed = '';

  it('is drafted and proposed by marketing, and waits for both', async () => {
    vetoed = await table.draft('marketing', weights(30));
    expect((await table.get(`/v1/policies/${vetoed}`)).body).toMatchObject({
      state: 'draft',
      approval: { rule: 'both', against: first, approved: [], missing: ['marketing', 'sales'] },
    });
    expect(await table.act('sales', vetoed, 'approve')).toMatchObject({
      status: 409,
      body: { code: 'wrong_state', state: 'draft' },
    });
    expect((await table.act('marketing', vetoed, 'propose', {})).body.errors).toMatchObject([
      { path: '/rationale' },
      { path: '/expectedImpact' },
    ]);
    expect((await table.act('marketing', vetoed, 'propose', SAID)).body.state).toBe('proposed');
    expect((await table.act('marketing', vetoed, 'propose', SAID)).body.code).toBe('wrong_state');
    expect((await table.act('marketing', vetoed, 'approve')).body).toMatchObject({
      state: 'proposed',
      approval: { approved: ['marketing'], missing: ['sales'] },
    });
  });

  it('is not the admin to approve or to refuse', async () => {
    expect((await table.act('admin', vetoed, 'approve')).status).toBe(403);
    expect((await table.act('admin', vetoed, 'reject', { reason: 'no' })).status).toBe(403);
  });

  it('meets the veto of sales, which takes a reason', async () => {
    expect((await table.act('sales', vetoed, 'reject', {})).status).toBe(400);
    const rejected = await table.act('sales', vetoed, 'reject', { reason: 'Fit weighs too little.' });
    expect(rejected).toMatchObject({
      status: 200,
      body: { state: 'rejected', approval: { approved: [], missing: ['marketing', 'sales'] } },
    });
    for (const role of ['marketing', 'sales', 'admin'] as const) {
      expect((await table.act(role, vetoed, 'activate', { expected: first })).body.code).toBe(
        'approval_missing',
      );
    }
    expect((await table.act('marketing', vetoed, 'approve')).body.code).toBe('wrong_state');
    expect(await table.active()).toBe(first);
  });

  it('comes back as a new draft, is approved by both, each once, and activated', async () => {
    agreed = await table.draft('marketing', weights(43));
    await table.act('marketing', agreed, 'propose', SAID);
    await table.act('marketing', agreed, 'approve', { note: 'as discussed' });
    expect((await table.act('sales', agreed, 'activate', { expected: first })).body).toMatchObject({
      code: 'approval_missing',
      missing: ['sales'],
    });
    await table.act('sales', agreed, 'approve');
    const twice = await table.act('sales', agreed, 'approve');
    expect(twice).toMatchObject({ status: 200, body: { state: 'approved', approval: { missing: [] } } });
    api().clock.advance(HOUR);
    const done = await table.act('sales', agreed, 'activate', { expected: first });
    expect(done.body).toMatchObject({ state: 'active', needsApproval: false, from: at(1) });
  });

  it('shows in the list who did what when', async () => {
    const { items } = (await table.get('/v1/policies')).body as { items: { hash: string }[] };
    const [newest, rejected, oldest] = items;
    expect([newest?.hash, rejected?.hash, oldest?.hash]).toEqual([agreed, vetoed, first]);
    const by = (role: 'marketing' | 'sales') => ({ role, name: `key of ${role}`, key: expect.any(String) });
    expect(newest).toMatchObject({
      state: 'active',
      history: [
        { step: 'drafted', by: by('marketing'), at: at(0) },
        { step: 'proposed', by: by('marketing'), words: SAID },
        { step: 'approved', by: by('marketing'), team: 'marketing', words: { note: 'as discussed' } },
        { step: 'approved', by: by('sales'), team: 'sales' },
        { step: 'activated', by: by('sales'), at: at(1), from: null, emergency: false },
      ],
    });
    expect(rejected).toMatchObject({
      state: 'rejected',
      history: [
        { step: 'drafted' },
        { step: 'proposed' },
        { step: 'approved', team: 'marketing' },
        { step: 'rejected', team: 'sales', by: by('sales'), words: { reason: 'Fit weighs too little.' } },
      ],
    });
    expect(oldest).toMatchObject({ state: 'retired', active: false });
  });

  it('is what new leads get', async () => {
    const made = await api().call('POST', '/v1/leads', { email: 'new@example.com' });
    expect(made.status).toBe(200);
    const [lead] = await api().dataSource.query<{ policy: string }[]>(
      'select policy from lead where id = $1',
      [made.body.id],
    );
    expect(lead?.policy).toBe(agreed);
  });
});

describe('a change of how sales works', () => {
  it('takes sales only, and marketing has no veto', async () => {
    const before = await table.active();
    const hash = await table.draft('sales', (policy) => {
      weights(43)(policy);
      policy.clocks.firstResponse.after = '12 hours';
    });
    await table.act('sales', hash, 'propose', SAID);
    expect((await table.act('marketing', hash, 'reject', { reason: 'no' })).body).toMatchObject({
      code: 'no_veto',
      rule: 'sales',
    });
    expect((await table.act('marketing', hash, 'approve')).body.approval.missing).toEqual(['sales']);
    expect((await table.act('sales', hash, 'approve')).body.state).toBe('approved');
    expect((await table.act('marketing', hash, 'activate', { expected: before })).body.state).toBe('active');
  });
});

describe('a change of the name', () => {
  it('takes one of the two', async () => {
    const before = await table.active();
    const hash = await table.draft('sales', (policy) => {
      weights(43)(policy);
      policy.clocks.firstResponse.after = '12 hours';
      policy.name = 'spring';
    });
    await table.act('sales', hash, 'propose', SAID);
    expect((await table.act('marketing', hash, 'approve')).body).toMatchObject({
      state: 'approved',
      approval: { rule: 'either', missing: [] },
    });
    expect((await table.act('sales', hash, 'activate', { expected: before })).body.state).toBe('active');
  });
});

describe('an emergency', () => {
  it('takes a reason, does not wait, and is flagged until both have approved', async () => {
    const before = (await table.active()) ?? '';
    const hash = await table.draft('sales', weights(50));
    const nonsense = { emergency: true, from: at(99), expected: before };
    expect((await table.act('sales', hash, 'activate', nonsense)).body.errors).toMatchObject([
      { path: '/from' },
      { path: '/reason' },
    ]);
    const fix = { emergency: true, reason: 'Spam floods the pool.', expected: before };
    expect((await table.act('sales', hash, 'activate', fix)).body).toMatchObject({
      state: 'active',
      needsApproval: true,
      approval: { against: before, missing: ['marketing', 'sales'] },
    });
    const listed = (await table.get('/v1/policies')).body.items as { hash: string; needsApproval: boolean }[];
    expect(listed.filter(({ needsApproval }) => needsApproval).map((policy) => policy.hash)).toEqual([hash]);

    // Meanwhile a change is still compared with what was agreed.
    const clocks = await table.draft('sales', (policy) => {
      weights(50)(policy);
      policy.clocks.review = '2 days';
    });
    expect((await table.get(`/v1/policies/${clocks}`)).body.approval).toMatchObject({
      rule: 'both',
      against: before,
    });

    expect((await table.act('sales', hash, 'approve')).body.needsApproval).toBe(true);
    expect((await table.act('marketing', hash, 'reject', { reason: 'Not this way.' })).body).toMatchObject({
      state: 'active',
      needsApproval: true,
      approval: { missing: ['marketing', 'sales'] },
    });
    await table.act('sales', hash, 'approve');
    expect((await table.act('marketing', hash, 'approve')).body).toMatchObject({
      state: 'active',
      needsApproval: false,
      approval: { missing: [] },
    });
    expect((await table.get(`/v1/policies/${clocks}`)).body.approval).toMatchObject({
      rule: 'sales',
      against: hash,
    });
    expect((await table.act('sales', hash, 'approve')).status).toBe(200);
  });
});

describe('an activation with a date', () => {
  const now = () => new Date(api().clock.now()).toISOString();
  const later = (hours: number) => new Date(api().clock.now() + hours * HOUR).toISOString();
  const policyOfNewLead = async (): Promise<string | undefined> => {
    const made = await api().call('POST', '/v1/leads', { email: `lead-${Math.random()}@example.com` });
    const rows = await api().dataSource.query<{ policy: string }[]>('select policy from lead where id = $1', [
      made.body.id,
    ]);
    return rows[0]?.policy;
  };

  it('keeps everybody else out, and is in force from its instant on, also after a restart', async () => {
    const before = (await table.active()) ?? '';
    const [next, other] = [await table.agree(weights(48)), await table.agree(weights(47))];
    const plan = { from: later(2), expected: before };
    expect(
      (await table.act('marketing', next, 'activate', { ...plan, from: now() })).body.errors,
    ).toMatchObject([{ path: '/from' }]);
    const planned = await table.act('marketing', next, 'activate', plan);
    expect(planned.body).toMatchObject({ state: 'scheduled', active: false, from: plan.from });
    expect((await table.act('marketing', next, 'activate', plan)).body).toEqual(planned.body);
    expect((await table.act('sales', other, 'activate', { expected: before })).body).toMatchObject({
      status: 409,
      code: 'already_scheduled',
      scheduled: { hash: next, from: plan.from, by: { name: 'key of marketing' } },
    });
    api().clock.advance(2 * HOUR - 1);
    expect(await policyOfNewLead()).toBe(before);
    api().clock.advance(1);
    expect(await policyOfNewLead()).toBe(next);
    expect(await table.active()).toBe(next);
    const restarted = createPolicyStore(JOURNAL_KEY);
    const { manager } = api().dataSource;
    expect((await restarted.active(manager, api().clock.now()))?.hash).toBe(next);
    expect((await restarted.active(manager, api().clock.now() - 1))?.hash).toBe(before);
  });

  it('can be called off', async () => {
    const before = (await table.active()) ?? '';
    const next = await table.agree(weights(46));
    await table.act('sales', next, 'activate', { from: later(1), expected: before });
    expect((await table.act('marketing', next, 'retire', { reason: 'too soon' })).body.state).toBe('retired');
    expect((await table.act('marketing', next, 'retire')).status).toBe(200);
    api().clock.advance(3 * HOUR);
    expect(await table.active()).toBe(before);
    expect(await policyOfNewLead()).toBe(before);
    expect((await table.act('marketing', before, 'retire')).body).toMatchObject({ code: 'wrong_state' });
  });
});

describe('who activates says what is active', () => {
  it('and hears who was faster', async () => {
    const before = (await table.active()) ?? '';
    const next = await table.agree(weights(51));
    expect((await table.act('sales', next, 'activate')).body.errors).toEqual([
      { path: '/expected', message: `name the policy that is active now: ${before}` },
    ]);
    expect((await table.act('sales', next, 'activate', { expected: first })).body).toMatchObject({
      status: 409,
      code: 'changed_meanwhile',
      active: { hash: before, by: { name: 'key of marketing', role: 'marketing' } },
    });
  });
});

describe('a policy', () => {
  it('comes in as YAML and JSON and goes out as both, the same', async () => {
    const policy = changedPolicy(weights(44));
    const asYaml = await api().call('POST', '/v1/policies', undefined, {
      raw: stringify(policy),
      headers: { 'Content-Type': 'application/yaml' },
    });
    const asJson = await table.post('marketing', '/v1/policies', policy);
    expect(asJson.body).toEqual(asYaml.body);
    const { hash } = asJson.body as { hash: string };
    const json = await table.get(`/v1/policies/${hash}`);
    expect(json.headers.get('content-type')).toMatch(/^application\/json/);
    expect(json.body.document).toEqual(policy);
    expect(json.body.history).toHaveLength(1);
    const yaml = await api().call('GET', `/v1/policies/${hash}`, undefined, {
      headers: { Accept: 'application/yaml' },
    });
    expect(yaml.headers.get('content-type')).toMatch(/^application\/yaml/);
    expect(parse(yaml.text)).toEqual(policy);
    const other = await api().call('GET', `/v1/policies/${hash}`, undefined, {
      headers: { Accept: 'image/png' },
    });
    expect(other.status).toBe(406);
  });

  it('is compared with any other', async () => {
    const [older, newer] = [await table.draft('sales', weights(44)), await table.draft('sales', weights(45))];
    const diff = await table.get(`/v1/policies/${newer}/diff?against=${older}`);
    expect(diff.body).toMatchObject({
      against: older,
      hash: newer,
      changes: [
        { op: 'changed', path: '/scoring/weights/explicit', old: 44, value: 45 },
        { op: 'changed', path: '/scoring/weights/implicit', old: 56, value: 55 },
      ],
      lines: ['/scoring/weights/explicit from 44 to 45', '/scoring/weights/implicit from 56 to 55'],
    });
    expect((await table.get(`/v1/policies/${newer}/diff`)).status).toBe(400);
    expect((await table.get(`/v1/policies/${newer}/diff?against=${'f'.repeat(64)}`)).status).toBe(404);
  });

  it('is printed for people', async () => {
    const policy = changedPolicy((p) => (p.description = '<b>Bold</b> | *words*'));
    const { hash } = (await table.post('sales', '/v1/policies', policy)).body as { hash: string };
    await table.act('sales', hash, 'propose', SAID);
    const print = (accept: string, query = '') =>
      api().call('GET', `/v1/policies/${hash}/document${query}`, undefined, { headers: { Accept: accept } });
    const markdown = await print('text/markdown');
    expect(markdown.headers.get('content-type')).toMatch(/^text\/markdown/);
    expect(markdown.text).toContain('# Policy default');
    expect(markdown.text).toContain('State: proposed');
    expect(markdown.text).toContain('proposed by key of sales (sales). Rationale: Too many leads');
    expect(markdown.text).toContain('- Waits for the approval of marketing and sales');
    expect(markdown.text).toMatch(/## Changes against default \([0-9a-f]{12}\)\n\n- \/description from/);
    const html = await print('text/html', `?against=${first}`);
    expect(html.headers.get('content-type')).toMatch(/^text\/html/);
    expect(html.text).toContain('<h2>Stages</h2>');
    expect(html.text).toContain('&lt;b&gt;Bold&lt;/b&gt; | *words*');
    expect(html.text).not.toContain('<b>');
    expect((await print('application/json')).body).toEqual({ markdown: expect.stringContaining('# Policy') });
    expect((await print('image/png')).status).toBe(406);
  });
});

describe('the history', () => {
  it('has a chained entry for each step, and verify finds nothing', async () => {
    const [counts] = await api().dataSource.query<{ steps: number; entries: number }[]>(
      `select (select count(*) from policy_step) as steps,
              (select count(*) from operational_entry where bytes like '%"what":"policy_step"%') as entries`,
    );
    expect(counts?.steps).toBeGreaterThan(40);
    expect(counts?.entries).toBe(counts?.steps);
    const said = await api().dataSource.query<{ bytes: string }[]>('select bytes from operational_entry');
    expect(said.map(({ bytes }) => bytes).join()).not.toContain('Too many leads');
    const { dataSource, clock } = api();
    const keys = new Map([[JOURNAL_KEY.id, JOURNAL_KEY.key]]);
    for await (const step of verify({ dataSource, clock, keys, gateway: null })) {
      expect(step.type === 'finding' && step.finding.lead === null ? step.finding : null).toBeNull();
    }
  });
});
