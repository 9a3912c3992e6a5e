import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { Client } from 'pg';
import { ask, TEMPLATE } from './protocol.js';

export interface TestDatabase {
  readonly name: string;
  /** For the application's role `baton_app`. */
  readonly databaseUrl: string;
  /** For the owner `baton_owner`. */
  readonly migrationDatabaseUrl: string;
  /** For tests that do what no role of ours may, such as tampering with the journal. */
  readonly superuserUrl: string;
  /** Connections of others to this database, one line each: what a test has forgotten to close. */
  leaks(): Promise<string[]>;
  /** Drops the database. @throws when connections are still open after a second, naming them. */
  drop(): Promise<void>;
}

/** A clone of the migrated template; about 50 ms. Drop it after use, or take {@link useTestDatabase}. */
export async function createTestDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const server = await ask('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const on = (url: string): string => url.replace(/\/[^/]*$/, `/${name}`);
  await asSuperuser(server.superuserUrl, async (client) => {
    const template = options.empty ? 'template0' : TEMPLATE;
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER baton_owner`);
    await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
    await client.query(`GRANT CONNECT, TEMPORARY, CREATE ON DATABASE ${name} TO baton_app`);
  });

  const leaks = (): Promise<string[]> =>
    asSuperuser(server.superuserUrl, async (client) => {
      const { rows } = await client.query<{ line: string }>(
        `SELECT format('%s (%s): %s', coalesce(nullif(application_name, ''), 'unnamed'), state, left(query, 200)) AS line
           FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
        [name],
      );
      return rows.map(({ line }) => line);
    });

  return {
    name,
    databaseUrl: on(server.databaseUrl),
    migrationDatabaseUrl: on(server.migrationDatabaseUrl),
    superuserUrl: on(server.superuserUrl),
    leaks,
    async drop() {
      // A closed connection takes the server a moment to forget.
      const deadline = Date.now() + 1000;
      let open = await leaks();
      while (open.length > 0 && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 25));
        open = await leaks();
      }
      await asSuperuser(server.superuserUrl, (client) =>
        client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
      );
      if (open.length > 0)
        throw new Error(`Connections to the test database were left open:\n  ${open.join('\n  ')}`);
    },
  };
}

/**
 * A database for this test file, made before its tests and dropped after them.
 * @returns a function that gives the database once the tests run
 * @example const database = useTestDatabase(); … database().databaseUrl
 */
export function useTestDatabase(options: { empty?: boolean } = {}): () => TestDatabase {
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await createTestDatabase(options);
  }, 60_000);
  afterAll(() => database?.drop());
  return () => {
    if (!database) throw new Error('The test database exists in tests and hooks only.');
    return database;
  };
}

async function asSuperuser<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'baton-test-support' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
