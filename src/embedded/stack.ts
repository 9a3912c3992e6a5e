import { join } from 'node:path';
import { choosePorts, type EmbeddedPorts } from './data-folder.js';
import { startPostgres, stopPreviousPostmaster } from './postgres.js';
import { type DatabaseUrls, databaseUrls, provisionDatabase } from './provision.js';
import type { Secrets } from './secrets.js';
import { supervise } from './supervisor.js';
import { startTemporal } from './temporal.js';
import { findTemporalCli } from './temporal-cli.js';

const DATABASE = 'baton';

export interface StackOptions {
  dataDir: string;
  secrets: Secrets;
  /** One line of progress for the person who waits. */
  say: (message: string) => void;
  /** Called with the stop of each server as soon as it runs, in the order of starting. */
  onStarted: (stop: () => Promise<void>) => void;
  env: NodeJS.ProcessEnv;
}

export interface Stack extends DatabaseUrls {
  temporalAddress: string;
  /** Absent with a Temporal server of the user's own. */
  temporalUiUrl?: string;
}

/**
 * Brings up PostgreSQL and Temporal, each only where the environment names none, and creates the database
 * and its roles. Both are started again when they die.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataDir, env } = options;
  await stopPreviousPostmaster(join(dataDir, 'postgres'));
  const ports = await choosePorts(dataDir);
  const database = await startDatabase(options, ports);
  const address = env['TEMPORAL_ADDRESS'];
  if (address !== undefined && address !== '') return { ...database, temporalAddress: address };
  return { ...database, ...(await startOwnTemporal(options, ports)) };
}

async function startDatabase(options: StackOptions, ports: EmbeddedPorts): Promise<DatabaseUrls> {
  const { dataDir, secrets, env, say } = options;
  const own = env['DATABASE_URL'];
  if (own !== undefined && own !== '') {
    return { databaseUrl: own, migrationDatabaseUrl: env['MIGRATION_DATABASE_URL'] ?? own };
  }
  const seconds = stopwatch();
  const supervised = await supervise(
    'PostgreSQL',
    () =>
      startPostgres({
        clusterDir: join(dataDir, 'postgres'),
        port: ports.postgres,
        password: secrets.superuserPassword,
        logFile: join(dataDir, 'logs', 'postgres.log'),
      }),
    say,
  );
  options.onStarted(() => supervised.stop());
  const passwords = { owner: secrets.ownerPassword, app: secrets.appPassword };
  await provisionDatabase(supervised.current(), DATABASE, passwords);
  say(`PostgreSQL on 127.0.0.1:${ports.postgres} (${seconds()})`);
  return databaseUrls(ports.postgres, DATABASE, passwords);
}

async function startOwnTemporal(
  options: StackOptions,
  ports: EmbeddedPorts,
): Promise<{ temporalAddress: string; temporalUiUrl: string }> {
  const { dataDir, say, env } = options;
  const cli = await findTemporalCli({ env, progress: say });
  const seconds = stopwatch();
  const supervised = await supervise(
    'Temporal',
    () =>
      startTemporal({
        cli,
        port: ports.temporal,
        uiPort: ports.temporalUi,
        dbFile: join(dataDir, 'temporal', 'temporal.db'),
        logFile: join(dataDir, 'logs', 'temporal.log'),
        recordIn: dataDir,
      }),
    say,
  );
  options.onStarted(() => supervised.stop());
  say(`Temporal on 127.0.0.1:${ports.temporal} (${seconds()})`);
  return {
    temporalAddress: `127.0.0.1:${ports.temporal}`,
    temporalUiUrl: `http://127.0.0.1:${ports.temporalUi}`,
  };
}

function stopwatch(): () => string {
  const started = Date.now();
  return () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
}
