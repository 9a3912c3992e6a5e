import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { migrate } from '../../../src/db/migrate.js';
import { freePort } from '../../../src/embedded/ports.js';
import { startPostgres } from '../../../src/embedded/postgres.js';
import { databaseUrls, provisionDatabase } from '../../../src/embedded/provision.js';
import { startTemporal } from '../../../src/embedded/temporal.js';
import { findTemporalCli } from '../../../src/embedded/temporal-cli.js';
import { startTemporalOnPostgres } from './temporal-on-postgres.js';
import type { TemporalServer } from './temporal-server.js';

/** The servers that a measurement runs against. */
export interface Site {
  readonly temporalOn: 'sqlite' | 'postgres';
  /** For the application's role. */
  readonly databaseUrl: string;
  /** For what no role of ours may, such as emptying the journal. */
  readonly superuserUrl: string;
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly metricsUrl: string;
    /** Null: its memory is not ours to look at. */
    readonly pid: number | null;
  };
  stop(): Promise<void>;
}

export interface SiteOptions {
  readonly temporalOn: 'sqlite' | 'postgres';
  /** Where data and logs go. */
  readonly folder: string;
  /** Needed for Temporal on PostgreSQL. */
  readonly server: TemporalServer | null;
  readonly say: (message: string) => void;
}

/** Two workers, API, relay, and each of Temporal's four services with a pool of its own. */
const SETTINGS = { max_connections: '300' };

/**
 * PostgreSQL as `npm start` starts it, with all its care for the disk, the migrated database, and Temporal: the
 * development server with a file, as `npm start` starts it, or the production server on the same PostgreSQL.
 */
export async function startSite({ temporalOn, folder, server, say }: SiteOptions): Promise<Site> {
  const password = randomBytes(12).toString('hex');
  say(`starting PostgreSQL and Temporal on ${temporalOn}`);
  const postgres = await startPostgres({
    clusterDir: join(folder, 'postgres'),
    port: await freePort(),
    password,
    logFile: join(folder, 'postgres.log'),
    settings: SETTINGS,
  });
  try {
    const passwords = { owner: password, app: password };
    const urls = databaseUrls(postgres.port, 'baton', passwords);
    await provisionDatabase(postgres, 'baton', passwords);
    await migrate(urls);
    const temporal =
      temporalOn === 'sqlite'
        ? await startOnSqlite(folder, say)
        : await startTemporalOnPostgres({ folder, server, postgresPort: postgres.port, password });
    return {
      temporalOn,
      databaseUrl: urls.databaseUrl,
      superuserUrl: postgres.superuserUrl('baton'),
      temporal,
      async stop() {
        await temporal.stop();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function startOnSqlite(
  folder: string,
  say: (message: string) => void,
): Promise<Site['temporal'] & { stop(): Promise<void> }> {
  const cli = await findTemporalCli({ progress: say });
  const [port, metricsPort] = [await freePort(), await freePort()];
  const server = await startTemporal({
    cli,
    port,
    metricsPort,
    dbFile: join(folder, 'temporal.db'),
    logFile: join(folder, 'temporal.log'),
  });
  return {
    address: server.address,
    namespace: 'default',
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    pid: server.child.pid,
    stop: () => server.stop(),
  };
}
