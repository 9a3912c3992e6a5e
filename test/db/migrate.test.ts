import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createDataSource } from '../../src/db/data-source.js';
import { APPEND_ONLY, PROJECTIONS } from '../../src/db/grants.js';
import { migrate } from '../../src/db/migrate.js';
import { useTestDatabase } from '../support/postgres.js';

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('migrating an empty database', () => {
  const database = useTestDatabase({ empty: true });

  it('by twenty at once does the work once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => migrate(database())));
    expect(await query(database().databaseUrl, 'select name from migration')).toEqual([
      { name: 'Spine1790000000000' },
      { name: 'Scoring1790000001000' },
      { name: 'PolicyLifecycle1790000002000' },
      { name: 'Playbooks1790000003000' },
      { name: 'PolicyMigration1790000004000' },
      { name: 'Enrichment1790000005000' },
    ]);
  });

  it('is refused with one role for both: nothing would be append-only', async () => {
    const url = database().migrationDatabaseUrl;
    await expect(migrate({ migrationDatabaseUrl: url, databaseUrl: url })).rejects.toThrow('the same role');
  });

  it('again changes nothing', async () => {
    const before = await query(database().superuserUrl, SCHEMA);
    await migrate(database());
    expect(await query(database().superuserUrl, SCHEMA)).toEqual(before);
    expect(before.length).toBeGreaterThan(100);
  });
});

const SCHEMA = `
  select n.nspname, c.relname, a.attname, a.atttypid::regtype::text, c.relacl::text
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
   where n.nspname in ('public', 'graphile_worker') and a.attnum > 0 order by 1, 2, a.attnum`;

describe("the application's role", () => {
  const database = useTestDatabase();

  it('owns no table of ours', async () => {
    const owned = await query(
      database().databaseUrl,
      `select tablename from pg_tables where schemaname = 'public' and tableowner = current_user`,
    );
    expect(owned).toEqual([]);
  });

  it('has rights on every table, as append-only or as projection', async () => {
    const tables = await query<{ tablename: string }>(
      database().databaseUrl,
      `select tablename from pg_tables where schemaname = 'public' and tablename <> 'migration' order by 1`,
    );
    expect(tables.map(({ tablename }) => tablename)).toEqual([...APPEND_ONLY, ...PROJECTIONS].sort());
  });

  it.each([...APPEND_ONLY])('can neither change nor remove a row of %s', async (table) => {
    const { databaseUrl } = database();
    await expect(query(databaseUrl, `delete from ${table}`)).rejects.toThrow(/permission denied/);
    await expect(query(databaseUrl, `truncate ${table}`)).rejects.toThrow(/permission denied/);
    const [column] = await query<{ name: string }>(
      databaseUrl,
      `select column_name as name from information_schema.columns where table_name = '${table}' and is_identity = 'NO' limit 1`,
    );
    const update = `update ${table} set ${column!.name} = ${column!.name}`;
    await expect(query(databaseUrl, update)).rejects.toThrow(/permission denied/);
    await expect(query(databaseUrl, `alter table ${table} add x int`)).rejects.toThrow(/must be owner/);
  });

  it('sees its own jobs in the queue', async () => {
    const { databaseUrl } = database();
    await query(databaseUrl, `select graphile_worker.add_job('sweep')`);
    expect(await query(databaseUrl, 'select task_identifier from graphile_worker.jobs')).toHaveLength(1);
  });
});

describe('the entities', () => {
  const database = useTestDatabase();

  it('agree with the migrated tables, column by column', async () => {
    const dataSource = createDataSource({ url: database().databaseUrl, poolSize: 1 });
    await dataSource.initialize();
    try {
      for (const entity of dataSource.entityMetadatas) {
        const columns: { name: string; type: string; nullable: boolean }[] = await dataSource.query(
          `select column_name as name, data_type as type, is_nullable = 'YES' as nullable
             from information_schema.columns where table_name = $1 order by 1`,
          [entity.tableName],
        );
        const declared = entity.columns.map((column) => ({
          name: column.databaseName,
          type: dataSource.driver.normalizeType(column),
          nullable: column.isNullable,
        }));
        const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
        expect({ table: entity.tableName, columns: declared.sort(byName) }).toEqual({
          table: entity.tableName,
          columns: [...columns].sort(byName),
        });
      }
    } finally {
      await dataSource.destroy();
    }
  });
});
