import { beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { createImportStep } from '../../src/imports/import.task.js';
import { createPolicyStore } from '../../src/policies/policy-store.js';
import { activatePolicy, JOURNAL_KEY, repKey, type Reply, useApi } from './api.harness.js';

const api = useApi();
beforeAll(async () => {
  await activatePolicy(api());
});

const MAPPING = `externalId: { source: crm, column: id }
company: { column: firm }
history: [{ stage: { column: stage }, occurredAt: { column: since } }]`;
const CSV = 'id,firm,stage,since\n1,ACME,closed_won,2018-03-01\n2,Other,dancing,\n3,Third,sal,\n';

interface Form {
  readonly mapping?: string;
  readonly files?: readonly (readonly [name: string, text: string, type?: string])[];
  readonly dryRun?: string;
  readonly more?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string;
}

async function send({ mapping = MAPPING, files = [['leads.csv', CSV]], ...form }: Form = {}): Promise<Reply> {
  const body = new FormData();
  body.set('mapping', mapping);
  if (form.dryRun !== undefined) body.set('dryRun', form.dryRun);
  for (const [name, text] of Object.entries(form.more ?? {})) body.set(name, text);
  for (const [name, text, type = 'text/csv'] of files) body.append('file', new Blob([text], { type }), name);
  const { url, adminKey } = api();
  const response = await fetch(`${url}/v1/imports`, {
    method: 'POST',
    headers: { Connection: 'close', Authorization: `Bearer ${form.key ?? adminKey}`, ...form.headers },
    body,
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: JSON.parse(text),
  };
}

const faultsOf = ({ body }: Reply) => body.errors as { path: string; message: string }[];

/** What the job queue would do. */
async function finish(id: string): Promise<void> {
  const { dataSource, clock } = api();
  const policies = createPolicyStore(JOURNAL_KEY);
  const step = createImportStep({ dataSource, clock, policies, journalKey: JOURNAL_KEY });
  for (let turn = 0; turn < 10; turn++) await step(id);
}

describe('GET /v1/reports/funnel by month', () => {
  it('counts by first contact where the business is; a live lead of now, and an imported one that nobody dates as none', async () => {
    const mapping = `timeZone: America/Sao_Paulo
externalId: { source: months, column: id }
occurredAt: { column: first }
history: [{ stage: closed_won, occurredAt: unknown }]`;
    const files = [['m.csv', 'id,first\na,2018-02-28 23:30\nb,2018-03-01\nc,\n']] as const;
    await finish((await send({ mapping, files })).body.id as string);
    await api().call('POST', '/v1/leads', { externalIds: [{ source: 'months', id: 'live' }] });
    const groups = async (query: string) => {
      const { body } = await api().call('GET', `/v1/reports/funnel?group=month${query}`);
      return (body.rows as { group: string | null; reached: Record<string, number> }[]).map(
        ({ group, reached }) => [group, reached['inquiry'], reached['closed_won']],
      );
    };
    const live = ['2026-01', 1, 0];
    expect(await groups('&timeZone=America/Sao_Paulo')).toEqual([
      ['2018-02', 1, 1],
      ['2018-03', 1, 1],
      live,
      [null, 1, 1],
    ]);
    expect(await groups('')).toEqual([['2018-03', 2, 2], live, [null, 1, 1]]);
    const wrong = await api().call('GET', '/v1/reports/funnel?group=month&timeZone=%2B03:00');
    expect([wrong.status, faultsOf(wrong)]).toEqual([
      400,
      [{ path: '/timeZone', message: 'must be an IANA time zone, such as America/Sao_Paulo' }],
    ]);
  });
});

describe('POST /v1/imports', () => {
  it('takes files and mapping, and answers with the same import when they come again', async () => {
    const made = await send();
    expect(made.status).toBe(202);
    expect(made.body).toMatchObject({
      id: expect.stringMatching(/^im_[0-9a-f]{32}$/),
      state: 'waiting',
      dryRun: false,
      files: [{ name: 'leads.csv', rows: 3 }],
      counts: { rows: 3, waiting: 3, imported: 0 },
    });
    const { id } = made.body as { id: string };
    const again = await send();
    expect([again.status, again.body]).toEqual([200, made.body]);
    await finish(id);
    const done = await send();
    expect(done.status).toBe(200);
    expect(done.body).toMatchObject({
      state: 'done',
      counts: { rows: 3, waiting: 0, imported: 2, unchanged: 0, refused: 1, leftOut: 0, odd: 1 },
      leads: 2,
    });
    expect((await api().call('GET', `/v1/imports/${id}`)).body).toEqual(done.body);
    const { status, body } = await api().call('GET', '/v1/leads/external:crm:1');
    expect([status, body.lead.stage]).toEqual([200, 'closed_won']);
  });

  it('reports what became of each row, page by page', async () => {
    const { id } = (await send()).body as { id: string };
    const first = await api().call('GET', `/v1/imports/${id}/rows?limit=2`);
    expect(first.body.items).toMatchObject([
      { file: 'leads.csv', row: 1, externalId: '1', status: 'imported', lead: expect.stringMatching(/^ld_/) },
      { row: 2, status: 'refused', lead: null, why: expect.stringContaining('"dancing"') },
    ]);
    const second = await api().call(
      'GET',
      `/v1/imports/${id}/rows?limit=2&cursor=${String(first.body.next)}`,
    );
    expect(second.body).toMatchObject({ items: [{ row: 3 }], next: null });
    const rows = async (query: string) =>
      ((await api().call('GET', `/v1/imports/${id}/rows?${query}`)).body.items as { row: number }[]).map(
        ({ row }) => row,
      );
    expect(await rows('status=refused')).toEqual([2]);
    expect(await rows('odd=true')).toEqual([3]);
    expect(await rows('odd=false&status=imported')).toEqual([1]);
    const list = await api().call('GET', '/v1/imports?limit=1');
    expect((list.body.items as { id: string }[]).map((item) => item.id)).toHaveLength(1);
    const all = (await api().call('GET', '/v1/imports')).body.items as { id: string }[];
    expect(all.map((item) => item.id)).toContain(id);
    expect((await api().call('GET', `/v1/imports/im_${'0'.repeat(32)}`)).status).toBe(404);
    expect((await api().call('GET', '/v1/imports/7')).status).toBe(400);
  });

  it('holds an Idempotency-Key to its files', async () => {
    const headers = { 'Idempotency-Key': 'import-1' };
    const files = [['a.csv', 'id,firm,stage,since\n9,A,sal,\n']] as const;
    expect((await send({ headers, files })).status).toBe(202);
    expect((await send({ headers, files })).status).toBe(202);
    expect((await send({ headers, files: [['a.csv', 'id,firm,stage,since\n8,A,sal,\n']] })).status).toBe(422);
  });

  it('knows NDJSON by its name or its type', async () => {
    const row = '{"id":"n1","firm":"A","stage":"sal","since":""}\n';
    expect((await send({ files: [['x.jsonl', row, 'application/octet-stream']] })).status).toBe(202);
    expect((await send({ files: [['blob', `${row}\n`, 'application/x-ndjson']] })).status).toBe(202);
    const unknown = await send({ files: [['leads.xlsx', 'x', 'application/zip']] });
    expect(unknown.status).toBe(400);
    expect(unknown.body.errors).toEqual([
      {
        path: '/file',
        message:
          'leads.xlsx is neither CSV nor NDJSON by its name or its type (application/zip); name it .csv or .ndjson',
      },
    ]);
  });

  it('refuses what it cannot read, naming every fault', async () => {
    const wrong = await send({ mapping: 'externalId: { source: CRM }' });
    expect(wrong.status).toBe(400);
    expect(faultsOf(wrong).map(({ path }) => path)).toEqual([
      '/mapping/externalId/source',
      '/mapping/externalId/column',
    ]);
    const columns = await send({ files: [['leads.csv', 'nr,firm\n']] });
    expect(faultsOf(columns).map(({ message }) => message)).toEqual([
      'leads.csv: there is no column "id"; there are: nr, firm',
      'leads.csv: there is no column "stage"; there are: nr, firm',
      'leads.csv: there is no column "since"; there are: nr, firm',
    ]);
    const none = await send({ files: [] });
    expect([none.status, none.body.errors]).toEqual([
      400,
      [{ path: '/file', message: 'send at least one file' }],
    ]);
    expect((await send({ dryRun: 'perhaps' })).body.errors).toEqual([
      { path: '/dryRun', message: 'must be true or false' },
    ]);
    expect((await send({ more: { surname: 'x' } })).body.errors).toMatchObject([{ path: '/surname' }]);
    const json = await api().call('POST', '/v1/imports', { mapping: MAPPING });
    expect([json.status, json.body.detail]).toEqual([
      415,
      'Send the body as multipart/form-data, not as application/json.',
    ]);
    const large = await send({ mapping: 'x'.repeat(1024 * 1024 + 1) });
    expect([large.status, large.body.detail]).toEqual([400, expect.any(String)]);
    const many = await send({ files: Array.from({ length: 21 }, (_, i) => [`${i}.csv`, 'id\n'] as const) });
    expect(many.status).toBe(400);
  });

  it('is for admins, who are asked before anything is read', async () => {
    const key = await repKey(api(), 'ana');
    expect((await send({ key })).status).toBe(403);
    expect((await send({ key: 'baton_wrong' })).status).toBe(401);
  });

  it('leaves nothing behind when the client goes away in the middle', async () => {
    const { url, adminKey } = api();
    const before = await api().dataSource.query('select count(*) from import');
    await new Promise<void>((resolve) => {
      const sending = request(`${url}/v1/imports`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${adminKey}`,
          'Content-Type': 'multipart/form-data; boundary=x',
          'Content-Length': 1_000_000,
        },
      });
      sending.on('error', () => resolve());
      const part = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
      sending.write(`${part}id,firm\n`, () => sending.destroy());
      sending.on('close', resolve);
    });
    expect((await api().call('GET', '/healthz')).status).toBe(200);
    expect(await api().dataSource.query('select count(*) from import')).toEqual(before);
    // A file has its name for a moment only.
    const left = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('baton-upload-'));
    for (let look = 0; look < 500 && left().length > 0; look++) await new Promise((r) => setTimeout(r, 10));
    expect(left()).toEqual([]);
  });
});
