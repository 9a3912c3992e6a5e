import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { postgresUrl, type EmbeddedPostgres } from './postgres.js';

export const OWNER_ROLE = 'baton_owner';
export const APP_ROLE = 'baton_app';

export interface RolePasswords {
  owner: string;
  app: string;
}

export interface DatabaseUrls {
  /** For the application's role, which may not alter or delete what is append-only. */
  databaseUrl: string;
  /** For the role that owns the tables and migrates. */
  migrationDatabaseUrl: string;
}

export function databaseUrls(port: number, database: string, passwords: RolePasswords): DatabaseUrls {
  return {
    databaseUrl: postgresUrl(APP_ROLE, passwords.app, port, database),
    migrationDatabaseUrl: postgresUrl(OWNER_ROLE, passwords.owner, port, database),
  };
}

/** Creates the two roles and the database where they are absent; running it again changes nothing. */
export async function provisionDatabase(
  server: EmbeddedPostgres,
  database: string,
  passwords: RolePasswords,
): Promise<DatabaseUrls> {
  await asSuperuser(server, 'postgres', async (client) => {
    await ensureRole(client, OWNER_ROLE, passwords.owner);
    await ensureRole(client, APP_ROLE, passwords.app);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) {
      await client.query(`CREATE DATABASE ${escapeIdentifier(database)} OWNER ${OWNER_ROLE}`);
    }
  });
  await asSuperuser(server, database, grantAccess);
  return databaseUrls(server.port, database, passwords);
}

/**
 * The application owns one schema, the job queue's, because that library's row-level security shows rows to
 * the owner only. CREATE on the database is what the library's `create schema if not exists` asks for.
 */
async function grantAccess(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
  const database = escapeIdentifier(rows[0]?.name ?? '');
  await client.query(`
    REVOKE ALL ON DATABASE ${database} FROM PUBLIC;
    GRANT CONNECT, TEMPORARY, CREATE ON DATABASE ${database} TO ${APP_ROLE};
    CREATE SCHEMA IF NOT EXISTS graphile_worker AUTHORIZATION ${APP_ROLE};
  `);
}

async function ensureRole(client: Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(`${verb} ROLE ${role} LOGIN PASSWORD ${escapeLiteral(password)}`);
}

async function asSuperuser(
  server: EmbeddedPostgres,
  database: string,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  const client = new Client({
    connectionString: server.superuserUrl(database),
    application_name: 'baton-provision',
  });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
