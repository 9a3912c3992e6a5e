import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { parsePolicy } from '../../src/domain/policy/parse-policy.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { useWorld } from '../db/world.js';
import { Importer, MARKETPLACE } from '../imports/import-world.js';
import { contentOf, madeUpMarketplace, realMarketplace } from '../imports/marketplace.js';
import { size } from '../support/size.js';
import { must, until, useProduct } from './support/product.js';

const MINUTES = 60_000;
const TIMEOUT = size(8, 30) * MINUTES;
const CLEAN = 'Clean: nothing differs.';
const POLICY = readFileSync(join(projectRoot(), 'examples', 'policies', 'marketplace.yaml'), 'utf8');
const MAPPING = join(projectRoot(), 'examples', 'marketplace', 'import.yaml');

const data = size(madeUpMarketplace(400), realMarketplace() ?? madeUpMarketplace(5_000));
const folder = mkdtempSync(join(tmpdir(), 'baton import '));
const files = [join(folder, 'mql.csv'), join(folder, 'closed_deals.csv')] as const;
writeFileSync(files[0], data.mql);
writeFileSync(files[1], data.deals);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same import with nobody dying, in this process. */
const calm = useWorld(async (world) => {
  const parsed = parsePolicy(parse(POLICY));
  if (!parsed.ok) throw new Error('the policy is refused');
  await world.use(parsed.policy);
});
const product = useProduct({ policy: POLICY, reps: 1 });

/** `baton import`, as a user calls it. */
function bring(): Promise<{ readonly code: number | null; readonly said: string }> {
  const { url, key } = product().address;
  const cli = join(projectRoot(), 'dist', 'src', 'cli.js');
  const child = spawn(process.execPath, [cli, 'import', ...files, '--mapping', MAPPING, '--url', url], {
    env: { ...process.env, NODE_OPTIONS: '', BATON_KEY: key },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
}

/** The first half of an upload, to an API that dies meanwhile. */
async function breakUpload(): Promise<void> {
  const { url, key } = product().address;
  const broken = new Promise<void>((resolve) => {
    const sending = request(`${url}/v1/imports`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${key}`,
        'Content-Type': 'multipart/form-data; boundary=x',
        'Content-Length': 2 * data.mql.length,
      },
    });
    sending.on('error', () => resolve());
    sending.on('close', resolve);
    const part = 'Content-Disposition: form-data; name="file"; filename="mql.csv"';
    sending.write(`--x\r\n${part}\r\n\r\n${data.mql.slice(0, data.mql.length / 2)}`);
  });
  await product().kill('api');
  await broken;
}

describe('an import, while everything dies that works on it', () => {
  it(
    'comes to what it comes to without that, once',
    async () => {
      const brought = {
        mapping: MARKETPLACE,
        files: [
          ['mql.csv', data.mql],
          ['closed_deals.csv', data.deals],
        ],
      } as const;
      const { id, counts, leads } = await new Importer(calm).run(brought);

      await breakUpload();
      expect(await product().rows('select 1 from import')).toEqual([]);

      // Between the commit of a chunk and the end of its job.
      const died = product().diesAt(`imported.${id}`);
      const bringing = bring();
      await died;
      const waiting = async (): Promise<number> => {
        const body = await must(product().send, { method: 'GET', path: `/v1/imports/${id}` });
        return (body as { counts: { waiting: number } }).counts.waiting;
      };
      await until('a quarter is done', async () => (await waiting()) < 0.75 * counts.rows, TIMEOUT);
      await product().kill('api');
      await until('half is done', async () => (await waiting()) < 0.5 * counts.rows, TIMEOUT);
      await product().kill('worker');
      const { code, said } = await bringing;
      expect([code, said]).toEqual([
        0,
        expect.stringContaining(`${counts.rows} rows: ${counts.rows} imported, 0 unchanged`),
      ]);
      expect(said).toContain(`${leads} leads`);
      expect(said).toContain('closed_won occurred 2 days before inquiry');

      const lines = (sql: string) => product().rows<{ line: string }>(sql);
      const inCalm = await contentOf((sql) => calm.query<{ line: string }>(sql));
      expect(await contentOf(lines)).toEqual(inCalm);
      expect(inCalm.length).toBeGreaterThan(5 * leads);
      expect(await product().verify()).toContain(CLEAN);

      const again = await bring();
      expect(again.code).toBe(0);
      expect(await contentOf(lines)).toEqual(inCalm);
    },
    TIMEOUT,
  );
});
