import { Logger, runMigrations } from 'graphile-worker';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { grantStatements } from './grants.js';
import { Spine1790000000000 } from './migrations/1790000000000-spine.js';
import { Scoring1790000001000 } from './migrations/1790000001000-scoring.js';
import { Playbooks1790000003000 } from './migrations/1790000003000-playbooks.js';
import { PolicyMigration1790000004000 } from './migrations/1790000004000-policy-migration.js';
import { Enrichment1790000005000 } from './migrations/1790000005000-enrichment.js';
import { PolicyLifecycle1790000002000 } from './migrations/1790000002000-policy-lifecycle.js';

export interface MigrateConfig {
  /** For the role that owns the tables. */
  readonly migrationDatabaseUrl: string;
  /** For the application's role, which owns nothing but the job queue's schema. */
  readonly databaseUrl: string;
}

/** Any number; the same for all who migrate one database. */
const MIGRATION_LOCK = 7_300;

/**
 * Brings the database to this version. Safe to run twice, and by many at once: the first one works while the
 * others wait. The owner's role migrates our tables, the application's role the job queue's.
 */
export async function migrate({ migrationDatabaseUrl, databaseUrl }: MigrateConfig): Promise<void> {
  if (roleIn(migrationDatabaseUrl) === roleIn(databaseUrl)) {
    throw new Error(
      'MIGRATION_DATABASE_URL and DATABASE_URL name the same role: the journal is append-only because the ' +
        "application's role does not own it; give the application a role of its own",
    );
  }
  const owner = new pg.Client({ connectionString: migrationDatabaseUrl, application_name: 'baton-migrate' });
  await owner.connect();
  try {
    await owner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrateTables(migrationDatabaseUrl);
    const role = roleIn(databaseUrl);
    await ensureRole(owner, role, databaseUrl);
    await owner.query(grantStatements(role));
    await letRoleOwnJobs(owner, role);
    await migrateJobs(databaseUrl);
  } finally {
    await owner.end();
  }
}

async function migrateTables(url: string): Promise<void> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    applicationName: 'baton-migrate',
    poolSize: 1,
    migrations: [
      Spine1790000000000,
      Scoring1790000001000,
      PolicyLifecycle1790000002000,
      Playbooks1790000003000,
      PolicyMigration1790000004000,
      Enrichment1790000005000,
    ],
    migrationsTableName: 'migration',
  });
  await dataSource.initialize();
  try {
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await dataSource.destroy();
  }
}

function roleIn(databaseUrl: string): string {
  const role = decodeURIComponent(new URL(databaseUrl).username);
  if (role === '') throw new Error('DATABASE_URL names no user; the application needs a role of its own');
  return role;
}

/** Where nobody has made the application's role yet, the owner does, if it may. */
async function ensureRole(owner: pg.Client, role: string, databaseUrl: string): Promise<void> {
  const { rowCount } = await owner.query('select 1 from pg_roles where rolname = $1', [role]);
  if (rowCount !== 0) return;
  const password = decodeURIComponent(new URL(databaseUrl).password);
  try {
    await owner.query(
      `create role ${pg.escapeIdentifier(role)} login password ${pg.escapeLiteral(password)}`,
    );
  } catch (cause) {
    throw new Error(
      `The role "${role}" of DATABASE_URL does not exist and the migrating role may not create it; ` +
        `run "create role ${role} login password '…'" as a superuser, then migrate again.`,
      { cause },
    );
  }
}

/**
 * The job queue's tables have row-level security without policies: only their owner sees the rows. So the
 * application's role makes and owns that schema, for which it needs CREATE on the database.
 */
async function letRoleOwnJobs(owner: pg.Client, role: string): Promise<void> {
  const { rows } = await owner.query<{ database: string; may: boolean; owner: string | null }>(
    `select current_database() as database, has_database_privilege($1, current_database(), 'CREATE') as may,
            (select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'graphile_worker') as owner`,
    [role],
  );
  const [found] = rows;
  if (found?.owner != null && found.owner !== role) {
    throw new Error(
      `The schema graphile_worker belongs to "${found.owner}"; it must belong to "${role}", the user of DATABASE_URL`,
    );
  }
  if (found === undefined || found.may) return;
  const grant = `grant create on database ${pg.escapeIdentifier(found.database)} to ${pg.escapeIdentifier(role)}`;
  try {
    await owner.query(grant);
  } catch (cause) {
    throw new Error(
      `The migrating role may not give the job queue its schema: as a superuser, run "${grant}"`,
      {
        cause,
      },
    );
  }
}

async function migrateJobs(databaseUrl: string): Promise<void> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 1,
    application_name: 'baton-migrate-jobs',
  });
  // A lost connection fails the migration itself; the queue warns unless somebody listens.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    await runMigrations({ pgPool: pool, logger: new Logger(() => () => undefined) });
  } finally {
    await pool.end();
  }
}
