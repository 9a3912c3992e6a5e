import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { drive, type DriveResult } from '../../examples/marketplace/drive.js';
import { generateMarketplace } from '../../examples/marketplace/generate.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { createBatonApi } from '../../src/feed/baton-api.js';
import { size } from '../support/size.js';
import { startBaton, type StartedBaton } from '../support/started-baton.js';

const LEADS = size(40, 500);
const MINUTES = 60_000;
const TIMEOUT = size(5, 20) * MINUTES;
/** Real leads, which are no part of the project. */
const OLIST = join(resolve(projectRoot(), process.env['BATON_DATA'] ?? '../shared/data'), 'olist');
const hasOlist = existsSync(join(OLIST, 'mql.csv'));

const folder = mkdtempSync(join(tmpdir(), 'baton demo '));
let baton: StartedBaton | undefined;
afterEach(async () => {
  await baton?.interrupt();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Played {
  readonly result: DriveResult;
  readonly dataDir: string;
}

async function play(data: string, leads: number, from?: string): Promise<Played> {
  const dataDir = mkdtempSync(join(folder, 'data '));
  baton = await startBaton({ dataDir });
  const api = createBatonApi({ url: baton.url, key: baton.adminKey ?? '', attempts: 30 });
  const examples = join(projectRoot(), 'examples');
  const options = { api, examples, data, leads, from, seed: 7, logFile: null, timeoutMs: TIMEOUT };
  return { result: await drive({ ...options, say: () => undefined }), dataDir };
}

/** A command of the built product, as a user calls it. */
async function run(...args: readonly string[]): Promise<string> {
  const cli = join(projectRoot(), 'dist', 'src', 'cli.js');
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], { env });
  return stdout;
}

async function expectClean({ result, dataDir }: Played): Promise<void> {
  expect(result.differences).toEqual([]);
  expect(result.wins).toBe(result.deals);
  expect(result.deals).toBeGreaterThan(0);
  expect(result.silences).toBeGreaterThan(0);
  const verified = await run('verify', '--data-dir', dataDir);
  expect(verified).toContain(`checked  ${result.fed.rows} leads`);
  expect(verified).toContain('running workflows');
  expect(verified).not.toContain('skipped');
  expect(verified).toContain('Clean: nothing differs.');
}

describe('the demo', () => {
  it(
    `plays ${LEADS} made-up leads to their end: the funnel is the driver's own, the wins are the data's`,
    async () => {
      const data = join(folder, 'market place');
      mkdirSync(data);
      const { mql, deals } = generateMarketplace({ leads: LEADS, seed: 7 });
      writeFileSync(join(data, 'mql.csv'), mql);
      writeFileSync(join(data, 'closed_deals.csv'), deals);
      const played = await play(data, LEADS);
      expect(played.result.fed).toMatchObject({ rows: LEADS, created: LEADS, refused: 0 });
      await expectClean(played);

      const [, won = ''] = /^([0-9a-f]{32}),/m.exec(deals) ?? [];
      const story = await run('show', `external:marketplace:${won}`, '--data-dir', played.dataDir);
      expect(story).toMatch(/captured[\s\S]*offered to sdr-[\s\S]*→ SAL[\s\S]*→ SQL[\s\S]*→ CLOSED_WON/);
      expect(story).toContain('Now: closed_won');
    },
    TIMEOUT + 4 * MINUTES,
  );

  const real = hasOlist && process.env['BATON_PROOF'] === 'full' ? it : it.skip;
  real(
    hasOlist
      ? 'plays 500 real leads from 2018-01-01 on (npm run proof)'
      : `plays 500 real leads: skipped, they are not in ${OLIST} (BATON_DATA)`,
    async () => expectClean(await play(OLIST, 500, '2018-01-01')),
    TIMEOUT + 4 * MINUTES,
  );
});
