/**
 * A worker in a process of its own: the product's, wired as `src/worker.ts` wires it but without the relay, whose
 * rings the bench sends itself; or the floor's, with the same settings. It ends with the bench.
 */
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { DataSource } from 'typeorm';
import { systemClock } from '../../../src/clock.js';
import { loadConfig, type Config } from '../../../src/config.js';
import { createDataSource } from '../../../src/db/data-source.js';
import { createApply } from '../../../src/leads/apply.js';
import { createLog } from '../../../src/log.js';
import { createMigrationStep } from '../../../src/policies/migration/migration-step.js';
import { createPolicyStore } from '../../../src/policies/policy-store.js';
import { becomeCurrent, createLeadWorker, workerSettings } from '../../../src/worker/lead-worker.js';
import { untilReady } from '../../../src/worker/patience.js';
import { tellStatistics } from '../measure/database-counters.js';
import { createFloorActivities } from './floor.activities.js';
import type { Ask, Kind, Told } from './protocol.js';

const tell = (message: Told): void => void process.send?.(message);

const log = createLog({
  process: 'worker',
  level: 'warn',
  now: () => Date.now(),
  write: (line) => process.stdout.write(`${line}\n`),
});

function createWorker(
  kind: Kind,
  config: Config,
  connection: NativeConnection,
  dataSource: DataSource,
): Promise<Worker> {
  const applied = (lead: string, stage: string, owner: string | null = null): void =>
    tell({ tells: 'applied', lead, stage, owner });
  if (kind === 'floor') {
    return Worker.create({
      ...workerSettings(config),
      connection,
      workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
      activities: createFloorActivities(dataSource, applied),
    });
  }
  const { journalKey } = config;
  const deps = { dataSource, journalKey, policies: createPolicyStore(journalKey), clock: systemClock };
  const apply = createApply(deps);
  return createLeadWorker(config, connection, {
    log,
    migrate: createMigrationStep(deps),
    apply: async (request) => {
      const result = await apply(request);
      applied(request.leadId, result.attributes.stage, result.attributes.owner);
      return result;
    },
  });
}

async function main(kind: Kind): Promise<void> {
  const config = loadConfig();
  const { temporal, databasePoolSize } = config;
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('ERROR') });
  const dataSource = await createDataSource({
    url: config.databaseUrl,
    poolSize: databasePoolSize,
    name: `baton-bench-${kind}`,
  }).initialize();
  const connection = await NativeConnection.connect({ address: temporal.address });
  const clientConnection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection: clientConnection, namespace: temporal.namespace });
  const worker = await createWorker(kind, config, connection, dataSource);

  const answers: Record<Ask['ask'], () => Promise<number> | number> = {
    statistics: () => tellStatistics(dataSource, databasePoolSize),
    garbage: () => {
      globalThis.gc?.();
      return process.memoryUsage().rss;
    },
    stop: () => {
      worker.shutdown();
      return 0;
    },
  };
  process.on('message', ({ id, ask }: Ask) => {
    void Promise.resolve(answers[ask]()).then((value) => tell({ tells: 'done', id, value }));
  });

  const working = worker.run();
  await untilReady('the deployment version', log, new AbortController().signal, () =>
    becomeCurrent(client, config),
  );
  // On the clock of the CPU profile: what came before was only the start.
  tell({ tells: 'ready', at: Number(process.hrtime.bigint() / 1_000n) });
  await working;
  await Promise.all([connection.close(), clientConnection.close(), dataSource.destroy()]);
}

// The bench is gone, however it went.
process.once('disconnect', () => process.exit(1));
main(process.argv[2] === 'floor' ? 'floor' : 'product').then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
