/**
 * The process behind the tests of one Jest run. It answers `GET /postgres`, `/temporal` and `/bundle` on a
 * loopback port, starting each at the first request, and stops everything when its standard input closes.
 */
import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../src/embedded/ports.js';
import { startPostgres } from '../../src/embedded/postgres.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { databaseUrls, provisionDatabase } from '../../src/embedded/provision.js';
import { startTemporal } from '../../src/embedded/temporal.js';
import { findTemporalCli } from '../../src/embedded/temporal-cli.js';
import {
  ADDRESS_FILE,
  type BundleAnswer,
  type NamespaceAnswer,
  type PostgresAnswer,
  type TemporalAnswer,
  TEMPLATE,
} from './protocol.js';

const folder = process.argv[2] ?? '';
const stops: (() => Promise<void>)[] = [];

function once<T>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  return () => (started ??= start());
}

/** Tests lose nothing in a crash of the machine: no waiting for the disk. */
const FAST = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '64MB',
};

/** Letters and digits only, as metrics show them. Made with the server, because one registered later is usable only after many seconds. */
const spareNamespaces = Array.from({ length: 8 }, (_, index) => `own${index}`);

const services: Record<string, () => Promise<unknown>> = {
  postgres: once(async (): Promise<PostgresAnswer> => {
    const password = randomBytes(12).toString('hex');
    const server = await startPostgres({
      clusterDir: join(folder, 'postgres'),
      port: await freePort(),
      password,
      logFile: join(folder, 'postgres.log'),
      settings: FAST,
    });
    stops.push(() => server.stop());
    const passwords = { owner: password, app: password };
    await provisionDatabase(server, TEMPLATE, passwords);
    const { migrate } = await import('../../src/db/migrate.js');
    await migrate(databaseUrls(server.port, TEMPLATE, passwords));
    return { superuserUrl: server.superuserUrl(), ...databaseUrls(server.port, TEMPLATE, passwords) };
  }),

  temporal: once(async (): Promise<TemporalAnswer> => {
    const cli = await findTemporalCli({ needsTimeSkipping: true });
    const [port, metricsPort] = [await freePort(), await freePort()];
    const server = await startTemporal({
      cli,
      port,
      metricsPort,
      namespaces: ['default', ...spareNamespaces],
      logFile: join(folder, 'temporal.log'),
      dynamicConfig: {
        'frontend.WorkflowTimeSkippingEnabled': 'true',
        'history.timerProcessorMaxTimeShift': '"10ms"',
      },
    });
    stops.push(() => server.stop());
    return {
      address: server.address,
      namespace: 'default',
      metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    };
  }),

  namespace: async (): Promise<NamespaceAnswer> => {
    const namespace = spareNamespaces.pop();
    if (namespace === undefined) throw new Error('all spare namespaces are in use: make more in servers.ts');
    return Promise.resolve({ namespace });
  },

  bundle: once(async (): Promise<BundleAnswer> => {
    const { bundleWorkflowCode } = await import('@temporalio/worker');
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(projectRoot(), 'workflows', 'index.ts'),
    });
    const codePath = join(folder, 'workflow-bundle.js');
    writeFileSync(codePath, code);
    return { codePath };
  }),
};

const http = createServer((request, response) => {
  const service = services[(request.url ?? '').slice(1)];
  const answer = service
    ? service()
    : Promise.reject(new Error(`no test server is called ${String(request.url)}`));
  answer.then(
    (value) => response.end(JSON.stringify(value)),
    (error: unknown) => {
      response.statusCode = 500;
      response.end(error instanceof Error ? (error.stack ?? error.message) : String(error));
    },
  );
});

http.listen(0, '127.0.0.1', () => {
  const { port } = http.address() as AddressInfo;
  const file = join(folder, ADDRESS_FILE);
  writeFileSync(`${file}.new`, `http://127.0.0.1:${port}`);
  renameSync(`${file}.new`, file);
});

async function stopAll(): Promise<never> {
  await Promise.allSettled(stops.map((stop) => stop()));
  process.exit(0);
}

process.stdin.resume();
process.stdin.once('close', () => void stopAll());
process.stdin.once('end', () => void stopAll());
