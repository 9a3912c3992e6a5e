import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { useTestDatabase } from '../support/postgres.js';
import { connectTestTemporal } from '../support/temporal.js';

describe('a test database', () => {
  const database = useTestDatabase();

  it('is reached by the application, which is no superuser and may create no database', async () => {
    const client = new Client(database().databaseUrl);
    await client.connect();
    const { rows } = await client.query(
      `SELECT current_user AS name, current_database() AS database, rolsuper, rolcreatedb
         FROM pg_roles WHERE rolname = current_user`,
    );
    await client.end();
    expect(rows).toEqual([
      { name: 'baton_app', database: database().name, rolsuper: false, rolcreatedb: false },
    ]);
  });

  it('tells which connections a test has left open', async () => {
    const client = new Client({ connectionString: database().databaseUrl, application_name: 'forgotten' });
    await client.connect();
    await client.query('SELECT 42');
    expect(await database().leaks()).toEqual(['forgotten (idle): SELECT 42']);
    await client.end();
  });
});

describe('the test Temporal server', () => {
  it('knows our search attributes in a namespace of our own and counts the calls there', async () => {
    const temporal = await connectTestTemporal({ ownNamespace: true });
    const before = await temporal.serverCalls();
    for (let i = 0; i < 3; i++)
      await temporal.client.workflow.count("BatonStage = 'sal' AND BatonDue IS NULL");
    const after = await temporal.serverCalls();
    // A server's own workers poll and tell that they live whenever they like.
    const difference = [...after].filter(
      ([name, count]) => count !== before.get(name) && !/^(?:Poll|RecordWorker)/.test(name),
    );
    expect(difference).toEqual([
      ['CountWorkflowExecutions', (before.get('CountWorkflowExecutions') ?? 0) + 3],
    ]);
    await temporal.close();
  });
});
