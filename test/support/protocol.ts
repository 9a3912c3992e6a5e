/** What the test servers' process and the tests agree on. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ADDRESS_FILE = 'address';
/** The migrated database that every test database is a clone of. */
export const TEMPLATE = 'baton_template';

export interface PostgresAnswer {
  superuserUrl: string;
  databaseUrl: string;
  migrationDatabaseUrl: string;
}
export interface TemporalAnswer {
  address: string;
  namespace: string;
  metricsUrl: string;
}
/** One of the namespaces made when the server starts, given to one test file only. */
export interface NamespaceAnswer {
  namespace: string;
}
export interface BundleAnswer {
  codePath: string;
}

/** Asks for a server, which is started if this is the first test that needs it. */
export async function ask(service: 'postgres'): Promise<PostgresAnswer>;
export async function ask(service: 'temporal'): Promise<TemporalAnswer>;
export async function ask(service: 'namespace'): Promise<NamespaceAnswer>;
export async function ask(service: 'bundle'): Promise<BundleAnswer>;
export async function ask(service: string): Promise<unknown> {
  const response = await fetch(`${await serversAddress()}/${service}`, {
    // The server process closes an idle connection; a kept one may be closed just now.
    headers: { connection: 'close' },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The test server "${service}" did not start:\n${text}`);
  return JSON.parse(text) as unknown;
}

async function serversAddress(): Promise<string> {
  const folder = process.env.BATON_TEST_SERVERS;
  if (folder === undefined)
    throw new Error('Test servers are started by Jest: run `npm test` or `npx jest`.');
  const file = join(folder, ADDRESS_FILE);
  const deadline = Date.now() + 20_000;
  while (!existsSync(file)) {
    if (Date.now() > deadline) {
      throw new Error(
        `The test servers' process did not come up:\n${readFileSync(join(folder, 'servers.log'), 'utf8')}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return readFileSync(file, 'utf8');
}
