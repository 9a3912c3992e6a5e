import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { openDataSet } from '../../examples/data-sets.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { createBatonApi } from '../../src/feed/baton-api.js';
import { play, type PlayResult } from '../../src/play/play.js';
import { size } from '../support/size.js';
import { startBaton, type StartedBaton } from '../support/started-baton.js';

const LEADS = size(40, 500);
const MINUTES = 60_000;
const TIMEOUT = size(8, 30) * MINUTES;
/** Real leads, which are no part of the project. */
const DATA = resolve(projectRoot(), process.env['BATON_DATA'] ?? '../shared/data');

const folder = mkdtempSync(join(tmpdir(), 'baton play '));
let baton: StartedBaton | undefined;
afterEach(async () => {
  await baton?.interrupt();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Played {
  readonly result: PlayResult;
  readonly dataDir: string;
}

async function playAll(
  name: string,
  options: { readonly data: string | null; readonly leads: number; readonly from?: string; speed: number },
): Promise<Played> {
  const dataDir = mkdtempSync(join(folder, 'data '));
  baton = await startBaton({ dataDir });
  const api = createBatonApi({
    url: baton.url,
    key: baton.adminKey ?? '',
    patienceMs: TIMEOUT,
    longestPauseMs: 1_000,
  });
  const { data: real, leads, from, speed } = options;
  const examples = join(projectRoot(), 'examples');
  const data = await openDataSet(name, { examples, folder: real, leads, seed: 7, from });
  const result = await play({ api, data, seed: 7, speed, logFile: null, timeoutMs: TIMEOUT });
  return { result, dataDir };
}

/** A command of the built product, as a user calls it. */
async function run(...args: readonly string[]): Promise<string> {
  const cli = join(projectRoot(), 'dist', 'src', 'cli.js');
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], { env });
  return stdout;
}

async function expectClean({ result, dataDir }: Played, leads: number): Promise<void> {
  const broken = result.invariants.filter(
    ({ violations, skipped }) => violations.length > 0 || skipped !== null,
  );
  expect(broken).toEqual([]);
  expect(result.invariants.length).toBeGreaterThan(6);
  const verified = await run('verify', '--data-dir', dataDir);
  expect(verified).toContain(`checked  ${leads} leads`);
  expect(verified).toContain('running workflows');
  expect(verified).not.toContain('skipped');
  expect(verified).toContain('Clean: nothing differs.');
}

describe('playing a marketplace', () => {
  it(
    `brings ${LEADS} made-up leads to their end: the wins are the data's, the funnel is the play's own`,
    async () => {
      const played = await playAll('marketplace', { data: null, leads: LEADS, speed: 1 });
      await expectClean(played, LEADS);
      const { tally, log } = played.result;
      expect(tally.counts.won).toBeGreaterThan(0);
      expect(tally.counts.declined).toBeGreaterThan(0);
      expect(tally.counts.lapsed).toBeGreaterThan(0);

      const [won] = log.flatMap((entry) =>
        entry.did === 'answered' && entry.command === 'won' ? [entry.lead] : [],
      );
      const story = await run('show', `external:marketplace:${won ?? ''}`, '--data-dir', played.dataDir);
      expect(story).toMatch(/captured[\s\S]*offered to sdr-[\s\S]*→ SAL[\s\S]*→ SQL[\s\S]*→ CLOSED_WON/);
      expect(story).toContain('Now: closed_won');
    },
    TIMEOUT + 4 * MINUTES,
  );

  const olist = join(DATA, 'olist');
  const has = existsSync(join(olist, 'mql.csv'));
  const real = has && process.env['BATON_PROOF'] === 'full' ? it : it.skip;
  real(
    has
      ? 'brings 500 real leads from 2018-01-01 on to their end (npm run proof)'
      : `of 500 real leads: skipped, they are not in ${olist} (BATON_DATA)`,
    async () =>
      expectClean(
        await playAll('marketplace', { data: olist, leads: 500, from: '2018-01-01', speed: 1 }),
        500,
      ),
    TIMEOUT + 4 * MINUTES,
  );
});
