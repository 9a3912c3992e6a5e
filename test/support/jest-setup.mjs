/**
 * Starts the process that serves this run with PostgreSQL, Temporal and the workflow bundle. It starts each
 * of them only when a test first asks, so that unit tests wait for nothing; nor do we wait for it here.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

export default function setup() {
  const folder = mkdtempSync(join(tmpdir(), 'baton-test-'));
  const log = openSync(join(folder, 'servers.log'), 'a');
  // Its standard input is its lifeline: when Jest ends, however it ends, the servers stop.
  const child = spawn(
    process.execPath,
    ['--import', new URL('./ts-register.mjs', import.meta.url).href, here('./servers.ts'), folder],
    { detached: true, stdio: ['pipe', log, log], env: { ...process.env, NODE_OPTIONS: '' } },
  );
  child.stdin.on('error', () => undefined);
  process.env.BATON_TEST_SERVERS = folder;
  globalThis.batonTestServers = { child, folder };
}
