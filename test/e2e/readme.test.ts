import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../src/embedded/project-root.js';
import { startBaton, type StartedBaton } from '../support/started-baton.js';

const run = promisify(execFile);

interface Step {
  readonly commands: string;
  /** What the page shows under the commands; null: nothing. */
  readonly shown: string | null;
}

/** Commands of the page that other tests run: the first start, the test run itself, the play. */
const ELSEWHERE = ['npm start\nnpm test', 'npm run -s baton -- play'];

const readme = readFileSync(join(projectRoot(), 'README.md'), 'utf8');

function steps(page: string): Step[] {
  const blocks = [...page.matchAll(/^```(sh|text)\n([\s\S]*?)^```$/gm)].map(([, kind, text]) => ({
    kind,
    text: text ?? '',
  }));
  return blocks.flatMap(({ kind, text }, i) => {
    const next = blocks[i + 1];
    return kind === 'sh' ? [{ commands: text, shown: next?.kind === 'text' ? next.text : null }] : [];
  });
}

/** "…" stands for what differs from run to run, and at the end of a line or page for the rest. */
function matches(shown: string): RegExp {
  const escaped = shown.trimEnd().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/…/g, '[\\s\\S]*?')}`, 'm');
}

describe('the README', () => {
  let baton: StartedBaton;
  const dataDir = mkdtempSync(join(tmpdir(), 'baton readme '));

  beforeAll(async () => {
    baton = await startBaton({ dataDir });
  }, 240_000);
  afterAll(async () => {
    await baton.interrupt();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  it('shows commands that work, and what they really print', async () => {
    const session: string[] = [];
    const tour = steps(readme).filter(
      ({ commands }) => !ELSEWHERE.some((other) => commands.startsWith(other)),
    );
    expect(tour.length).toBeGreaterThan(6);
    for (const { commands, shown } of tour) {
      const own = commands
        .replace('http://127.0.0.1:3000', baton.url)
        .replace('baton_…', baton.adminKey ?? '');
      // Every step runs in the shell that the steps before it have set up, without running them again.
      const isSetUp = /^(export|api\(\)|LEAD=)/m.test(own);
      const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', [...session, own].join('\n')], {
        cwd: projectRoot(),
        env: { ...process.env, BATON_DATA_DIR: dataDir },
      });
      if (shown !== null) expect(stdout).toMatch(matches(shown));
      expect(stdout).not.toContain('"status":400');
      if (isSetUp)
        session.push(
          own
            .split('\n')
            .filter((line) => /^(export|api\(\)|LEAD=)/.test(line))
            .join('\n'),
        );
    }
  }, 180_000);
});
