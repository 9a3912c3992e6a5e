import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataSet } from '../../examples/data-sets.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { play } from '../../src/play/play.js';
import { size } from '../support/size.js';
import { proveUnderKills } from './random-kills.js';

const MINUTES = 60_000;
/** Another size or seed for a look by hand. */
const chosen = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const LEADS = chosen('BATON_PROOF_LEADS', size(40, 2_000));
const KILLS = chosen('BATON_PROOF_KILLS', size(4, 200));
const SEED = chosen('BATON_PROOF_SEED', 11);
const TIMEOUT = size(15, 180) * MINUTES;

const folder = mkdtempSync(join(tmpdir(), 'baton proof '));
/** What went wrong is to be looked into. */
let keep = true;
afterAll(() => {
  if (keep) say(`The data is kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
});
const say = (line: string): void => {
  if (process.env['BATON_PROOF'] === 'full') process.stderr.write(`${line}\n`);
};

describe('worker, API, PostgreSQL and Temporal, killed with -9 at random instants', () => {
  it(
    `${KILLS} times under ${LEADS} leads, lose none, double nothing and contradict nobody`,
    async () => {
      const outDir = join(projectRoot(), '.cache', 'proof', new Date().toISOString().replaceAll(':', '-'));
      const examples = join(projectRoot(), 'examples');
      const data = await openDataSet('marketplace', { examples, folder: null, leads: LEADS, seed: SEED });
      const broken: unknown[] = [];
      const proof = await proveUnderKills({
        seed: SEED,
        leads: LEADS,
        kills: KILLS,
        dataDir: join(folder, 'baton'),
        outDir,
        say,
        play: async (api) => {
          const logFile = join(outDir, 'play.jsonl');
          const { invariants } = await play({ api, data, seed: SEED, speed: 1, logFile, timeoutMs: TIMEOUT });
          broken.push(...invariants.filter(({ violations }) => violations.length > 0));
        },
      });
      say(JSON.stringify(proof.summary, null, 2));
      expect(proof.violations).toEqual([]);
      expect(broken).toEqual([]);
      expect(proof.verified).toContain('Clean: nothing differs.');
      expect(proof.verified).not.toContain('skipped');
      expect(proof.forged).toBe(0);
      const { kills, leads } = proof.summary;
      expect(Object.values(kills).reduce((sum, n) => sum + n, 0)).toBe(KILLS);
      expect(Object.keys(kills).sort()).toEqual(['api', 'postgres', 'temporal', 'worker']);
      expect(leads).toBe(LEADS);
      keep = false;
    },
    TIMEOUT,
  );
});
