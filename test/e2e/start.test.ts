import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../src/embedded/ports.js';
import { isAlive, signal, waitUntilGone } from '../../src/embedded/process-identity.js';
import { startBaton, type StartedBaton } from '../support/started-baton.js';

const CHILDREN = ['api', 'worker', 'temporal', 'postgres'] as const;
const START_TIMEOUT_MS = 240_000;

const folder = mkdtempSync(join(tmpdir(), 'baton start '));
const dataDir = join(folder, 'the data');
let running: StartedBaton | undefined;
let adminKey = '';

beforeAll(async () => {
  running = await startBaton({ dataDir });
  adminKey = running.adminKey ?? '';
}, START_TIMEOUT_MS);
afterEach(() => expect(existsSync(dataDir)).toBe(true));
afterAll(async () => {
  await running?.interrupt();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

function baton(): StartedBaton {
  if (!running) throw new Error('Baton did not start.');
  return running;
}

const status = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
  (await fetch(url, { headers })).status;

const asAdmin = (): Record<string, string> => ({ authorization: `Bearer ${adminKey}` });

describe('npm start', () => {
  it('serves the API, its docs and the Temporal UI where it says', async () => {
    expect(await status(`${baton().url}/healthz`)).toBe(200);
    expect(await status(`${baton().url}/docs`)).toBe(200);
    expect(await status(baton().temporalUiUrl)).toBe(200);
  });

  it('prints an admin key that is accepted, and nobody gets in without one', async () => {
    expect(adminKey).not.toBe('');
    expect(await status(`${baton().url}/v1/reps`, asAdmin())).toBe(200);
    expect(await status(`${baton().url}/v1/reps`)).toBe(401);
  });

  it('refuses a second start on the same data, naming who holds it', async () => {
    await expect(startBaton({ dataDir })).rejects.toThrow(/already runs on .* \(process \d+\)/);
  });

  it('says which port is taken and how to change it', async () => {
    const port = await freePort();
    const squatter = createServer().listen(port, '127.0.0.1');
    const refused = startBaton({ dataDir: join(folder, 'other'), port });
    await expect(refused).rejects.toThrow(
      `Port ${port}, meant for Baton's API, is taken by another program. Choose another with --port or PORT.`,
    );
    squatter.close();
  });

  it.each(CHILDREN)('starts the %s again when it is killed with -9', async (name) => {
    const before = baton().pids(name);
    const said = baton().output().length;
    signal(before[0] ?? 0, 'SIGKILL');
    await untilItHolds(() => baton().output().slice(said).includes('runs again'));
    expect(baton().pids(name)[0]).not.toBe(before[0]);
    await untilItHolds(async () => (await status(`${baton().url}/healthz`).catch(() => 0)) === 200);
  });

  it(
    'leaves nothing behind when it is killed with -9 itself, and resumes with its data',
    async () => {
      const pids = CHILDREN.flatMap((name) => baton().pids(name));
      await baton().kill();
      running = await startBaton({ dataDir });
      expect(await waitUntilGone(pids, 15_000)).toBe(true);
      expect(running.adminKey).toBeNull();
      expect(await status(`${running.url}/v1/reps`, asAdmin())).toBe(200);
    },
    START_TIMEOUT_MS,
  );

  it(
    'stops everything at Ctrl-C, and keeps its data for the next start',
    async () => {
      const pids = CHILDREN.flatMap((name) => baton().pids(name));
      expect(pids.every(isAlive)).toBe(true);
      await baton().interrupt();
      expect(baton().output()).toMatch(/Stopping …\nStopped\.\n$/);
      expect(pids.filter(isAlive)).toEqual([]);
      running = await startBaton({ dataDir });
      expect(running.adminKey).toBeNull();
      expect(await status(`${running.url}/v1/reps`, asAdmin())).toBe(200);
    },
    START_TIMEOUT_MS,
  );
});

async function untilItHolds(condition: () => boolean | Promise<boolean>, timeoutMs = 25_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain. Baton said:\n${baton().output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
