import { Client, Connection } from '@temporalio/client';
import { createApiServices } from './api-services.js';
import { systemClock } from './clock.js';
import { loadConfig } from './config.js';
import { createDataSource } from './db/data-source.js';
import { SECOND } from './domain/time.js';
import { createApp } from './http/app.js';
import { createTemporalLeadGateway } from './leads/lead-gateway.js';
import { createLog } from './log.js';
import { createPolicies } from './policies/policies.js';
import { loadPolicyFile } from './policies/policy-file.js';
import { createPolicyStore } from './policies/policy-store.js';

/** Requests that run when the process is told to stop may take this long to end. */
const GRACE = 8 * SECOND;
/** Longer than the minute after which clients and balancers drop an idle connection: they close, never we. */
const KEEP_ALIVE = 75 * SECOND;
const PING_PATIENCE = 2 * SECOND;

async function main(): Promise<void> {
  const config = loadConfig();
  const clock = systemClock;
  const log = createLog({
    process: 'api',
    level: config.logLevel,
    now: () => clock.now(),
    write: (line) => process.stdout.write(`${line}\n`),
  });
  // A write with an Idempotency-Key holds one connection while ingest takes another.
  const poolSize = Math.max(2, config.databasePoolSize);
  const dataSource = createDataSource({ url: config.databaseUrl, poolSize, name: 'baton-api' });
  await dataSource.initialize();
  if (config.policyFile !== undefined) {
    const store = createPolicyStore(config.journalKey);
    const policies = createPolicies({ dataSource, clock, store, journalKey: config.journalKey });
    const { hash, activated } = await loadPolicyFile(config.policyFile, { dataSource, policies });
    log.info('policy file loaded', { hash, activated });
  }

  // Lazy: the API serves reads, and answers 503 to commands, while Temporal is away.
  const connection = Connection.lazy({ address: config.temporal.address });
  const client = new Client({ connection, namespace: config.temporal.namespace });
  const services = createApiServices({
    dataSource,
    poolSize,
    clock,
    journalKey: config.journalKey,
    gateway: createTemporalLeadGateway({ client, taskQueue: config.temporal.taskQueue }),
    pingTemporal: () =>
      client.withDeadline(Date.now() + PING_PATIENCE, async () => {
        await client.workflowService.getSystemInfo({});
      }),
  });
  const app = await createApp({ services, log, bodyLimit: config.bodyLimit });
  const server = app.getHttpServer();
  server.keepAliveTimeout = KEEP_ALIVE;
  await app.listen(config.port, config.host);
  log.info('listening', { url: await app.getUrl() });

  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { signal });
    setTimeout(() => process.exit(1), GRACE).unref();
    void app
      .close()
      .then(() => Promise.all([connection.close(), dataSource.destroy()]))
      .then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
