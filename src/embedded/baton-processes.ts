import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFirstAdminKey } from '../access/api-keys.js';
import { migrate } from '../db/migrate.js';
import { pause } from './process-identity.js';
import { logTail, type ManagedChild, startChild } from './processes.js';
import { projectRoot } from './project-root.js';
import type { Secrets } from './secrets.js';
import type { Stack } from './stack.js';
import { supervise } from './supervisor.js';

const API_READY_TIMEOUT_MS = 60_000;

export interface ProcessesOptions {
  dataDir: string;
  secrets: Secrets;
  stack: Stack;
  host: string;
  port: number;
  say: (message: string) => void;
  onStarted: (stop: () => Promise<void>) => void;
}

/** Migrates the database, then starts the worker and the API and keeps them running. */
export async function startProcesses(
  options: ProcessesOptions,
): Promise<{ api: string; adminKey: string | null }> {
  const { dataDir, stack, host, port, say, onStarted } = options;
  await migrate(stack);
  say('database migrated');

  const env = environmentOf(options);
  const start = (name: 'worker' | 'api', script: string): Promise<ManagedChild> =>
    startChild({
      name,
      command: process.execPath,
      args: ['--enable-source-maps', join(projectRoot(), 'dist', 'src', script)],
      env,
      logFile: logOf(dataDir, name),
      recordIn: dataDir,
    });

  const worker = await supervise('the worker', () => start('worker', 'worker.js'), say);
  onStarted(() => worker.stop());
  const url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
  const api = await supervise(
    'the API',
    async () => {
      const child = await start('api', 'main.js');
      await untilHealthy(url, child, logOf(dataDir, 'api'));
      return child;
    },
    say,
  );
  onStarted(() => api.stop());
  return { api: url, adminKey: await createFirstAdminKey(stack) };
}

const logOf = (dataDir: string, name: string): string => join(dataDir, 'logs', `${name}.log`);

/** What the two processes need, and not the owner's database URL. */
function environmentOf({ dataDir, secrets, stack, host, port }: ProcessesOptions): NodeJS.ProcessEnv {
  const { MIGRATION_DATABASE_URL: _owner, NODE_OPTIONS: _flags, ...inherited } = process.env;
  return {
    ...inherited,
    BATON_HOST: host,
    PORT: String(port),
    BATON_DATA_DIR: dataDir,
    BATON_POLICY: process.env['BATON_POLICY'] ?? join(projectRoot(), 'examples', 'policies', 'default.yaml'),
    BATON_BUILD_ID: process.env['BATON_BUILD_ID'] ?? buildId(),
    DATABASE_URL: stack.databaseUrl,
    TEMPORAL_ADDRESS: stack.temporalAddress,
    JOURNAL_KEY_ID: process.env['JOURNAL_KEY_ID'] ?? secrets.journalKeyId,
    JOURNAL_MAC_KEY: process.env['JOURNAL_MAC_KEY'] ?? secrets.journalMacKey,
  };
}

/** Of the sources that `dist` was built from: another build, another worker version. */
function buildId(): string {
  const stamp = join(projectRoot(), 'dist', '.sources-sha256');
  return existsSync(stamp) ? readFileSync(stamp, 'utf8').slice(0, 12) : 'dev';
}

async function untilHealthy(url: string, child: ManagedChild, logFile: string): Promise<void> {
  const deadline = Date.now() + API_READY_TIMEOUT_MS;
  while (child.running() && Date.now() < deadline) {
    if (await isHealthy(url)) return;
    await pause(50);
  }
  const what = child.running()
    ? `did not answer within ${API_READY_TIMEOUT_MS / 1000} s`
    : 'ended while starting';
  await child.stop();
  throw new Error(`The API ${what}. Its log:\n${logTail(logFile)}`);
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2000) });
    return response.ok;
  } catch {
    return false;
  }
}
