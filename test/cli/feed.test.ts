import { beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/embedded/project-root.js';
import { createBatonApi, Unreachable } from '../../src/feed/baton-api.js';
import { feed, type FeedOptions, type FeedSummary, type RowReport } from '../../src/feed/feed.js';
import { readMapping } from '../../src/feed/mapping.js';
import { useApi } from '../http/api.harness.js';

const api = useApi();
const mappingFile = join(projectRoot(), 'examples', 'marketplace', 'mapping.yaml');
const folder = mkdtempSync(join(tmpdir(), 'baton-feed-'));
const file = join(folder, 'mql.csv');

const CSV = `mql_id,first_contact_date,landing_page_id,origin
c,2018-01-03,p1,social
a,2018-01-01,p1,organic search
b,2018-01-02,p2,
d,someday,p2,email
a,2018-01-04,p3,organic search
`;

beforeAll(async () => {
  writeFileSync(file, CSV);
  const policy = readFileSync(join(projectRoot(), 'examples', 'policies', 'marketplace.yaml'), 'utf8');
  const { body } = await api().call('POST', '/v1/policies', undefined, {
    raw: policy,
    headers: { 'Content-Type': 'application/yaml' },
  });
  await api().call('POST', `/v1/policies/${String(body.hash)}/activate`);
});

async function run(more: Partial<FeedOptions> = {}): Promise<{ summary: FeedSummary; rows: RowReport[] }> {
  const rows: RowReport[] = [];
  const { url, adminKey, clock } = api();
  const summary = await feed({
    file,
    mappingFile,
    mapping: readMapping(mappingFile),
    api: createBatonApi({ url, key: adminKey }),
    now: () => clock.now(),
    lanes: 1,
    onRow: (row) => rows.push(row),
    ...more,
  });
  return { summary, rows };
}

describe('feed', () => {
  it('sends rows in order, and reports what became of each', async () => {
    const { summary, rows } = await run();
    expect(summary).toEqual({ rows: 5, created: 3, updated: 1, duplicate: 0, refused: 1, odd: 1 });
    expect(rows).toEqual([
      { row: 2, externalId: 'a', status: 'created', lead: expect.any(String), odd: [], why: null },
      { row: 3, externalId: 'b', status: 'created', lead: expect.any(String), odd: ['no origin'], why: null },
      { row: 1, externalId: 'c', status: 'created', lead: expect.any(String), odd: [], why: null },
      { row: 5, externalId: 'a', status: 'updated', lead: rows[0]?.lead, odd: [], why: null },
      {
        row: 4,
        externalId: 'd',
        status: 'refused',
        lead: null,
        odd: [],
        why: 'first_contact_date is "someday", which is no date',
      },
    ]);
  });

  it('changes nothing when it is run again, also later', async () => {
    const everything = () =>
      api().dataSource.query<unknown[]>(
        `select (select count(*) from lead) as leads, (select count(*) from event) as events,
                (select count(*) from journal) as rows, (select count(*) from score_entry) as entries`,
      );
    const before = await everything();
    const again = await run();
    api().clock.advance(60_000);
    const later = await run();
    expect(again.summary).toMatchObject({ created: 0, updated: 1, duplicate: 3, refused: 1 });
    expect(later.summary).toMatchObject({ created: 0, updated: 0, duplicate: 4, refused: 1 });
    expect(await everything()).toEqual(before);
  });

  it('starts where it is told, and sends no more than it is told', async () => {
    const { rows } = await run({ from: '2018-01-02', limit: 2 });
    expect(rows.map(({ externalId }) => externalId)).toEqual(['b', 'c']);
  });

  it('keeps to the rate', async () => {
    const started = Date.now();
    await run({ rate: 20, now: () => Date.now(), limit: 4 });
    expect(Date.now() - started).toBeGreaterThanOrEqual(145);
  });

  it('stops at once when the key is wrong', async () => {
    const wrong = createBatonApi({ url: api().url, key: 'baton_wrong' });
    await expect(run({ api: wrong })).rejects.toThrow(/API key/);
  });
});

describe('the client of the API', () => {
  async function serverThat(answers: readonly (readonly [status: number, retryAfter?: string])[]) {
    const keys: unknown[] = [];
    const at: number[] = [];
    const server = createServer((request, response) => {
      const [status, retryAfter] = answers[keys.length] ?? [200];
      keys.push(request.headers['idempotency-key']);
      at.push(Date.now());
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, keys, at, close: () => server.close() };
  }

  it('sends again with the same key after 429 and 503, not before Retry-After has passed', async () => {
    const server = await serverThat([[503, '1'], [429]]);
    const send = createBatonApi({ url: server.url, key: 'k' });
    const answer = await send({ method: 'POST', path: '/v1/leads', body: {}, key: 'row-1' });
    server.close();
    expect(answer.status).toBe(200);
    expect(server.keys).toEqual(['row-1', 'row-1', 'row-1']);
    expect((server.at[1] ?? 0) - (server.at[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('gives the last answer when its attempts are used up, and says so when there was none', async () => {
    const server = await serverThat([[503], [503]]);
    const send = createBatonApi({ url: server.url, key: 'k', attempts: 2 });
    expect(await send({ method: 'GET', path: '/' })).toMatchObject({ status: 503 });
    server.close();
    await expect(send({ method: 'GET', path: '/' })).rejects.toThrow(Unreachable);
  });

  it('waits by the minute where it is told to, through faults and refused connections', async () => {
    const server = await serverThat([[500], [503, '60'], [502]]);
    const retries: number[] = [];
    const patient = { key: 'k', patienceMs: 60_000, longestPauseMs: 20, onRetry: (status: number) => retries.push(status) }; // prettier-ignore
    const send = createBatonApi({ url: server.url, ...patient });
    expect(await send({ method: 'POST', path: '/', body: {}, key: 'row-1' })).toMatchObject({ status: 200 });
    expect(retries).toEqual([500, 503, 502]);
    expect(server.keys).toEqual(Array(4).fill('row-1'));
    server.close();

    const gone = createBatonApi({ url: server.url, ...patient, patienceMs: 50 });
    await expect(gone({ method: 'GET', path: '/' })).rejects.toThrow(Unreachable);
    expect(retries.slice(3)).toContain(0);
  });

  it('ends at once when its signal says so', async () => {
    const server = await serverThat(Array(1_000).fill([503]));
    const stop = new AbortController();
    const onRetry = (): void => stop.abort(new Error('enough'));
    const patience = { patienceMs: 600_000, longestPauseMs: 600_000 };
    const send = createBatonApi({ url: server.url, key: 'k', ...patience, onRetry, signal: stop.signal });
    await expect(send({ method: 'GET', path: '/' })).rejects.toThrow('enough');
    expect(server.keys).toHaveLength(1);
    server.close();
  });
});
