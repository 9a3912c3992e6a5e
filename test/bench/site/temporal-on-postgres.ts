import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import pg from 'pg';
import { stringify } from 'yaml';
import { HOUR } from '../../../src/domain/time.js';
import { freePort } from '../../../src/embedded/ports.js';
import { pause } from '../../../src/embedded/process-identity.js';
import { logTail, type ManagedChild, startChild } from '../../../src/embedded/processes.js';
import { SEARCH_ATTRIBUTES } from '../../../src/embedded/temporal.js';
import { leadSearchAttributes as keys } from '../../../workflows/lead.messages.js';
import { NeedsGo, type TemporalServer } from './temporal-server.js';
import type { Site } from './site.js';

const NAMESPACE = 'default';
const DATABASES = { temporal: 'temporal', visibility: 'temporal_visibility' } as const;
/** Enough for two cores; a production cluster takes 512, and can never change it. */
const SHARDS = 4;
const RETENTION = 24 * HOUR;
const READY_TIMEOUT_MS = 120_000;

export interface TemporalOnPostgresOptions {
  readonly folder: string;
  readonly server: TemporalServer | null;
  /** Of a PostgreSQL on 127.0.0.1, with its superuser's password. */
  readonly postgresPort: number;
  readonly password: string;
}

type Running = Site['temporal'] & { stop(): Promise<void> };

/** The production server, all four services in one process, with databases of its own beside the product's. */
export async function startTemporalOnPostgres(options: TemporalOnPostgresOptions): Promise<Running> {
  const { folder, server, postgresPort, password } = options;
  if (server === null) throw new NeedsGo();
  await makeTables(server, postgresPort, password);
  const [frontend, metrics] = [await freePort(), await freePort()];
  const config = join(folder, 'temporal.yaml');
  const dynamic = join(folder, 'temporal-dynamic.yaml');
  const logFile = join(folder, 'temporal.log');
  writeFileSync(dynamic, '{}\n');
  writeFileSync(config, stringify(await configOf(options, frontend, metrics, dynamic)), { mode: 0o600 });
  const child = await startChild({
    name: 'temporal',
    command: server.server,
    args: ['--config-file', config, '--allow-no-auth', 'start'],
    logFile,
    cwd: folder,
  });
  const address = `127.0.0.1:${frontend}`;
  try {
    await setUp(address, child, logFile);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return {
    address,
    namespace: NAMESPACE,
    metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
    pid: child.pid,
    stop: () => child.stop(),
  };
}

async function makeTables(server: TemporalServer, port: number, password: string): Promise<void> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' });
  await client.connect();
  try {
    for (const name of Object.values(DATABASES)) await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  for (const [schema, database] of Object.entries(DATABASES)) {
    const tool = (...args: readonly string[]) =>
      promisify(execFile)(server.sql, ['--database', database, ...args], {
        env: {
          ...process.env,
          ...{ SQL_PLUGIN: 'postgres12', SQL_HOST: '127.0.0.1', SQL_PORT: String(port) },
          ...{ SQL_USER: 'postgres', SQL_PASSWORD: password },
        },
      });
    await tool('setup-schema', '--version', '0.0');
    await tool('update-schema', '--schema-name', `postgresql/v12/${schema}`);
  }
}

async function configOf(
  { postgresPort, password }: TemporalOnPostgresOptions,
  frontend: number,
  metrics: number,
  dynamic: string,
): Promise<object> {
  const store = (database: string, connections: number): object => ({
    sql: {
      pluginName: 'postgres12',
      databaseName: database,
      connectAddr: `127.0.0.1:${postgresPort}`,
      connectProtocol: 'tcp',
      user: 'postgres',
      password,
      maxConns: connections,
      maxIdleConns: connections,
      maxConnLifetime: '1h',
    },
  });
  const service = async (grpcPort?: number): Promise<object> => ({
    rpc: {
      grpcPort: grpcPort ?? (await freePort()),
      membershipPort: await freePort(),
      bindOnLocalHost: true,
    },
  });
  return {
    log: { stdout: true, level: 'error' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: SHARDS,
      datastores: { default: store(DATABASES.temporal, 20), visibility: store(DATABASES.visibility, 5) },
    },
    global: {
      membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' },
      metrics: { prometheus: { timerType: 'histogram', listenAddress: `127.0.0.1:${metrics}` } },
    },
    services: {
      frontend: await service(frontend),
      matching: await service(),
      history: await service(),
      worker: await service(),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `127.0.0.1:${frontend}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamic, pollInterval: '60s' },
  };
}

const AttributeType = proto.temporal.api.enums.v1.IndexedValueType;
const TYPES = {
  Keyword: AttributeType.INDEXED_VALUE_TYPE_KEYWORD,
  Datetime: AttributeType.INDEXED_VALUE_TYPE_DATETIME,
} as const;

/** Registers the namespace and its search attributes; returns when a workflow can start with them. */
async function setUp(address: string, child: ManagedChild, logFile: string): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  const untilItWorks = async <T>(what: string, attempt: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (child.running() && Date.now() < deadline) await pause(100);
        else
          throw new Error(`Temporal on PostgreSQL: ${what}. Its log:\n${logTail(logFile)}`, { cause: error });
      }
    }
  };
  const connection = await untilItWorks('does not answer', () =>
    Connection.connect({ address, connectTimeout: '1 s' }),
  );
  try {
    const { workflowService, operatorService } = connection;
    await untilItWorks('takes no namespace', () =>
      workflowService
        .registerNamespace({
          namespace: NAMESPACE,
          workflowExecutionRetentionPeriod: msToTs(RETENTION),
        })
        .catch((error: unknown) => {
          if (!String(error).includes('already exists')) throw error;
        }),
    );
    const attributes = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, TYPES[type]] as const);
    await untilItWorks('takes no search attributes', () =>
      operatorService.addSearchAttributes({
        namespace: NAMESPACE,
        searchAttributes: Object.fromEntries(attributes),
      }),
    );
    // A namespace and its attributes are known everywhere only after a while.
    const client = new Client({ connection, namespace: NAMESPACE });
    await untilItWorks('starts no workflow', async () => {
      const handle = await client.workflow.start('trial', {
        workflowId: 'trial',
        taskQueue: 'trial',
        workflowIdConflictPolicy: 'USE_EXISTING',
        typedSearchAttributes: [
          ...[keys.stage, keys.owner, keys.pool, keys.policy].map((key) => ({ key, value: 'trial' })),
          { key: keys.due, value: new Date() },
        ],
      });
      await handle.terminate();
    });
  } finally {
    await connection.close();
  }
}
