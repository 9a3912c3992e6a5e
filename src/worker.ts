import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, type LogEntry, NativeConnection, Runtime } from '@temporalio/worker';
import { systemClock } from './clock.js';
import { loadConfig } from './config.js';
import { createDataSource } from './db/data-source.js';
import { createWebhookSender } from './deliveries/webhook-sender.js';
import { SECOND } from './domain/time.js';
import { createApply } from './leads/apply.js';
import { createTemporalLeadGateway } from './leads/lead-gateway.js';
import { createLog, type Log } from './log.js';
import { createRelay } from './outbox/relay.js';
import { createTasks } from './outbox/tasks.js';
import { createMigrationStep } from './policies/migration/migration-step.js';
import { createPolicyStore } from './policies/policy-store.js';
import { becomeCurrent, createLeadWorker } from './worker/lead-worker.js';
import { untilReady } from './worker/patience.js';

/** A stop that takes longer is none. */
const GRACE = 9 * SECOND;

async function main(): Promise<void> {
  const config = loadConfig();
  const { temporal, databaseUrl, journalKey } = config;
  const clock = systemClock;
  const log = createLog({
    process: 'worker',
    level: config.logLevel,
    now: () => clock.now(),
    write: (line) => process.stdout.write(`${line}\n`),
  });
  const stopping = new AbortController();
  const toldToStop = (): boolean => stopping.signal.aborted;
  const stop = (signal: NodeJS.Signals): void => {
    if (toldToStop()) return;
    log.info('stopping', { signal });
    setTimeout(() => process.exit(1), GRACE).unref();
    stopping.abort();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // The signals are ours, so that relay and database close after the worker, not with it.
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('WARN', (entry) => logEntry(log, entry)),
  });

  const dataSource = createDataSource({
    url: databaseUrl,
    poolSize: config.databasePoolSize,
    connectWithin: 2 * SECOND,
    name: 'baton-worker',
  });
  await untilReady('PostgreSQL', log, stopping.signal, () => dataSource.initialize());
  const connection = await untilReady('Temporal', log, stopping.signal, () =>
    NativeConnection.connect({ address: temporal.address }),
  );
  const clientConnection = Connection.lazy({ address: temporal.address });
  const client = new Client({ connection: clientConnection, namespace: temporal.namespace });
  // What waited may have come after all; the exit of the process closes what is open.
  if (toldToStop()) return;

  const shared = { dataSource, journalKey, policies: createPolicyStore(journalKey) };
  const apply = createApply(shared);
  const migrate = createMigrationStep({ ...shared, clock });
  const worker = await createLeadWorker(config, connection, { apply, migrate, log });
  const gateway = createTemporalLeadGateway({ client, taskQueue: temporal.taskQueue });
  const tasks = createTasks({ ...shared, gateway, sender: createWebhookSender({ clock }), clock, log });
  const relay = createRelay({ databaseUrl, tasks, clock, log });

  // Making the worker takes its time, too.
  if (toldToStop()) return;
  const working = worker.run();
  stopping.signal.addEventListener('abort', () => worker.shutdown());

  const relaying = (async (): Promise<void> => {
    // Only a build that polls takes the routing over. This gives up only when it is told to stop.
    await untilReady('the deployment version', log, stopping.signal, () =>
      becomeCurrent(client, config),
    ).catch(() => undefined);
    if (toldToStop()) return working;
    await relay.start();
    log.info('working', {
      deployment: temporal.deploymentName,
      build: temporal.buildId,
      queue: temporal.taskQueue,
    });
    // A relay that breaks takes the process with it: whoever started it starts it again.
    await relay.finished();
    if (!toldToStop()) throw new Error('the relay ended by itself');
    return working;
  })();
  await Promise.race([working, relaying]).finally(async () => {
    await relay.stop();
    await connection.close();
    await clientConnection.close();
    await dataSource.destroy();
  });
}

/** Temporal's own words, as our log lines; its fields may quote what an activity threw, so they stay out. */
function logEntry(log: Log, { level, message }: LogEntry): void {
  if (level === 'ERROR') log.error('temporal', { detail: message });
  else log.warn('temporal', { detail: message });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
