import { join } from 'node:path';
import { inTransaction } from '../../../src/db/transaction.js';
import { createApiKeys } from '../../../src/access/api-keys.js';
import { systemClock } from '../../../src/clock.js';
import { freePort } from '../../../src/embedded/ports.js';
import { pause } from '../../../src/embedded/process-identity.js';
import { logTail, type ManagedChild, startChild } from '../../../src/embedded/processes.js';
import { projectRoot } from '../../../src/embedded/project-root.js';
import { createBatonApi, describeProblem } from '../../../src/feed/baton-api.js';
import type { Company } from './company.js';

const READY_TIMEOUT_MS = 60_000;

/** A process of the built product, as `npm start` runs it. */
export interface ProductProcess {
  readonly pid: number;
  stop(): Promise<void>;
}

export interface RunningApi extends ProductProcess {
  /** Sends what must not be refused: GET without a body. @returns the answer's body */
  readonly send: (path: string, body?: unknown, rep?: string) => Promise<unknown>;
}

/** The API process. */
export async function startApi(company: Company, folder: string): Promise<RunningApi> {
  const port = await freePort();
  const logFile = join(folder, 'api.log');
  const child = await start(company, 'main.js', logFile, { PORT: String(port) });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(child, logFile, async () => (await fetch(`${url}/healthz`)).ok);
  const keys = createApiKeys({ dataSource: company.dataSource, clock: systemClock });
  const { key } = await inTransaction(company.dataSource, (tx) =>
    keys.create(tx, { name: 'bench', role: 'admin', rep: null }),
  );
  const api = createBatonApi({ url, key, attempts: 1 });
  return {
    pid: child.pid,
    stop: () => child.stop(),
    async send(path, body, rep) {
      const answer = await api({
        ...{ method: body === undefined ? 'GET' : 'POST', path, body },
        ...(rep !== undefined && { rep }),
      });
      if (answer.status >= 200 && answer.status < 300) return answer.body;
      throw new Error(`${path}: ${answer.status} ${describeProblem(answer)}`);
    },
  };
}

/** The worker process, relay included. */
export async function startWorker(company: Company, folder: string): Promise<ProductProcess> {
  const logFile = join(folder, 'worker.log');
  const child = await start(company, 'worker.js', logFile, {});
  await untilReady(child, logFile, () => Promise.resolve(logTail(logFile, 100).includes('"working"')));
  return { pid: child.pid, stop: () => child.stop() };
}

function start(
  { site, journalKey }: Company,
  script: string,
  logFile: string,
  env: NodeJS.ProcessEnv,
): Promise<ManagedChild> {
  const { NODE_OPTIONS: _flags, ...inherited } = process.env;
  return startChild({
    name: script,
    command: process.execPath,
    args: ['--enable-source-maps', join(projectRoot(), 'dist', 'src', script)],
    logFile,
    env: {
      ...inherited,
      DATABASE_URL: site.databaseUrl,
      TEMPORAL_ADDRESS: site.temporal.address,
      TEMPORAL_NAMESPACE: site.temporal.namespace,
      JOURNAL_KEY_ID: journalKey.id,
      JOURNAL_MAC_KEY: journalKey.key.toString('base64'),
      ...env,
    },
  });
}

async function untilReady(child: ManagedChild, logFile: string, isUp: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (child.running() && Date.now() < deadline) {
    if (await isUp().catch(() => false)) return;
    await pause(50);
  }
  await child.stop();
  throw new Error(`${child.name} does not come up. Its log:\n${logTail(logFile)}`);
}
