import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { openDataSet } from '../../examples/data-sets.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { createBatonApi, type BatonApi } from '../../src/feed/baton-api.js';
import { play, type PlayOptions, type PlayResult } from '../../src/play/play.js';
import { size } from '../support/size.js';
import { startBaton, type StartedBaton } from '../support/started-baton.js';

const LEADS = size(40, 500);
/** Leads of a second run, among other traffic. */
const FEW = size(10, 100);
const SEED = 7;
/** A day in six seconds, so that all clocks run out while the test waits. */
const FAST = 14_400;
const MINUTES = 60_000;
const TIMEOUT = size(8, 40) * MINUTES;
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

interface Choice {
  /** Null: made-up leads. */
  readonly data: string | null;
  readonly leads: number;
  readonly from?: string;
  readonly speed: number;
  readonly rate?: number;
}

async function start(): Promise<{ api: BatonApi; dataDir: string }> {
  const dataDir = mkdtempSync(join(folder, 'data '));
  baton = await startBaton({ dataDir });
  const patience = { patienceMs: TIMEOUT, longestPauseMs: 1_000 };
  return { api: createBatonApi({ url: baton.url, key: baton.adminKey ?? '', ...patience }), dataDir };
}

async function playOn(
  api: BatonApi,
  name: string,
  { data: folder, ...choice }: Choice,
  more: Pick<PlayOptions, 'onProgress' | 'signal'> = {},
): Promise<PlayResult> {
  const examples = join(projectRoot(), 'examples');
  const data = await openDataSet(name, { examples, folder, seed: SEED, ...choice });
  return play({ api, data, seed: SEED, logFile: null, timeoutMs: TIMEOUT, ...choice, ...more });
}

async function playAlone(name: string, choice: Choice): Promise<Played> {
  const { api, dataDir } = await start();
  return { result: await playOn(api, name, choice), dataDir };
}

/** A command of the built product, as a user calls it. */
async function run(...args: readonly string[]): Promise<string> {
  const cli = join(projectRoot(), 'dist', 'src', 'cli.js');
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], { env });
  return stdout;
}

/** Everything holds and was compared, and the journal agrees. */
async function expectClean({ result, dataDir }: Played, leads: number): Promise<void> {
  const broken = result.invariants.filter(
    ({ violations, skipped }) => violations.length > 0 || skipped !== null,
  );
  expect(broken).toEqual([]);
  expect(result.invariants.length).toBeGreaterThan(6);
  await expectVerified(dataDir, leads);
}

async function expectVerified(dataDir: string, leads: number): Promise<void> {
  const verified = await run('verify', '--data-dir', dataDir);
  expect(verified).toContain(`checked  ${leads} leads`);
  expect(verified).toContain('running workflows');
  expect(verified).not.toContain('skipped');
  expect(verified).toContain('Clean: nothing differs.');
}

/** What was sent of each lead, in its order. People's events are no part of it: how far a lead gets may differ. */
function sentOf({ log }: PlayResult): ReadonlyMap<string, readonly string[]> {
  const sent = new Map<string, string[]>();
  for (const entry of log) {
    if (entry.did !== 'sent') continue;
    const body = JSON.stringify(entry.body);
    if (!body.includes('-people"')) sent.set(entry.lead, [...(sent.get(entry.lead) ?? []), body]);
  }
  return sent;
}

/** What was decided, by lead and step. */
const decisionsOf = ({ log }: PlayResult): ReadonlyMap<string, string> =>
  new Map(
    log.flatMap((entry) =>
      entry.did === 'decided' ? [[`${entry.lead} ${entry.step}`, entry.what] as const] : [],
    ),
  );

describe('a play', () => {
  let school: PlayResult | undefined;

  it(
    `shows ${LEADS} made-up leads of a school under traffic`,
    async () => {
      const played = await playAlone('education', { data: null, leads: LEADS, speed: FAST });
      school = played.result;
      await expectClean(played, LEADS);
      const { counts, regressions } = played.result.tally;
      for (const what of ['accepted', 'declined', 'lapsed', 'won', 'meetings', 'first responses'] as const) {
        expect([what, counts[what]]).not.toEqual([what, 0]);
      }
      expect(Object.keys(regressions)).toContain('mql.early → nurture');
    },
    TIMEOUT + 4 * MINUTES,
  );

  it(
    `brings ${LEADS} made-up leads of a marketplace to their end, as in the data and as it was told; beside them ` +
      'another run of the school is stopped, goes on, and sends and decides the same',
    async () => {
      const { api, dataDir } = await start();
      const result = await playOn(api, 'marketplace', { data: null, leads: LEADS, speed: 1 });
      await expectClean({ result, dataDir }, LEADS);
      const { tally, log } = result;
      for (const what of ['declined', 'lapsed', 'won'] as const) {
        expect([what, tally.counts[what]]).not.toEqual([what, 0]);
      }
      const [won] = log.flatMap((entry) =>
        entry.did === 'answered' && entry.command === 'won' ? [entry.lead] : [],
      );
      const story = await run('show', `external:marketplace:${won ?? ''}`, '--data-dir', dataDir);
      expect(story).toMatch(/captured[\s\S]*offered to sdr-[\s\S]*→ SAL[\s\S]*→ SQL[\s\S]*→ CLOSED_WON/);
      expect(story).toContain('Now: closed_won');

      // Fewer leads at another rate: whose turn it is, is another matter now.
      const few: Choice = { data: null, leads: FEW, speed: FAST, rate: 20 };
      const stop = new AbortController();
      const onProgress: PlayOptions['onProgress'] = ({ events }) => {
        if (events >= FEW / 2) stop.abort(new Error('stopped'));
      };
      const stopped = playOn(api, 'education', few, { onProgress, signal: stop.signal });
      await expect(stopped).rejects.toThrow('stopped');
      const again = await playOn(api, 'education', few);
      expect(again.invariants.flatMap(({ violations }) => violations)).toEqual([]);
      expect(again.invariants.map(({ skipped }) => skipped)).toContain(
        `this Baton holds ${LEADS} leads of others`,
      );
      expect(again.journeys.size).toBe(FEW);
      await expectVerified(dataDir, LEADS + FEW);

      if (school === undefined) throw new Error('the first run of the school did not come to its end');
      const [sent, resent] = [sentOf(school), sentOf(again)];
      expect(resent.size).toBe(FEW);
      for (const [lead, bodies] of resent) expect(sent.get(lead)).toEqual(bodies);
      const [decided, redecided] = [decisionsOf(school), decisionsOf(again)];
      const both = [...redecided.keys()].filter((step) => decided.has(step));
      expect(both.length).toBeGreaterThan(FEW / 2);
      expect(both.map((step) => [step, redecided.get(step)])).toEqual(
        both.map((step) => [step, decided.get(step)]),
      );
    },
    3 * TIMEOUT,
  );
});

describe('a play of real leads', () => {
  const real = (file: string) => {
    const has = existsSync(join(DATA, file));
    return {
      it: has && process.env['BATON_PROOF'] === 'full' ? it : it.skip,
      why: has ? 'npm run proof' : `skipped, they are not in ${DATA} (BATON_DATA)`,
    };
  };

  const sellers = real('olist/mql.csv');
  sellers.it(
    `brings 500 of a marketplace to their end (${sellers.why})`,
    async () => {
      const choice = { data: join(DATA, 'olist'), leads: 500, from: '2018-01-01', speed: 1 };
      await expectClean(await playAlone('marketplace', choice), 500);
    },
    TIMEOUT + 4 * MINUTES,
  );

  const students = real('x-education/leads.csv');
  students.it(
    `shows 500 of a school under traffic (${students.why})`,
    async () => {
      const choice = { data: join(DATA, 'x-education'), leads: 500, speed: 1_800 };
      await expectClean(await playAlone('education', choice), 500);
    },
    TIMEOUT + 4 * MINUTES,
  );
});
