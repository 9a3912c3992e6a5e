import pg from 'pg';
import { TELL } from '../measure/database-counters.js';

/** Rows of one table that one transaction wrote, column by column, as text. */
interface TableRows {
  readonly table: string;
  readonly insert: string;
  readonly columns: readonly (readonly (string | null)[])[];
  readonly rows: number;
}

/** What one transaction wrote, in the order of its tables. */
export type WrittenRows = readonly TableRows[];

interface Column {
  readonly name: string;
  readonly type: string;
}

interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
}

/**
 * Finds what transactions wrote, by PostgreSQL's own mark on each row, and writes the same rows again: the least
 * that any program could do that stores them.
 */
export class BareRows {
  private constructor(
    private readonly superuser: pg.Client,
    private readonly app: pg.Client,
    private readonly tables: readonly Table[],
  ) {}

  static async connect(superuserUrl: string, databaseUrl: string): Promise<BareRows> {
    const superuser = new pg.Client({ connectionString: superuserUrl, application_name: 'baton-bench' });
    const app = new pg.Client({ connectionString: databaseUrl, application_name: 'baton-bench' });
    await superuser.connect();
    await app.connect();
    return new BareRows(superuser, app, await readTables(superuser));
  }

  async close(): Promise<void> {
    await Promise.all([this.superuser.end(), this.app.end()]);
  }

  /** Transactions from now on have this number or a later one. */
  async mark(): Promise<bigint> {
    const { rows } = await this.superuser.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
    return BigInt(rows[0]?.xid ?? 0);
  }

  /** Has the writing connection report its transactions. @returns how many that took */
  async tellStatistics(): Promise<number> {
    await this.app.query(TELL);
    return 1;
  }

  /** Number of rows in all tables. */
  async countAll(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const { name } of this.tables) {
      const { rows } = await this.superuser.query<{ n: string }>(`select count(*) as n from ${name}`);
      counts.set(name, Number(rows[0]?.n));
    }
    return counts;
  }

  /**
   * The rows written since the mark, transaction by transaction.
   * @param existed tables in which rows were changed, not added: these are written over
   */
  async readSince(mark: bigint, existed: ReadonlySet<string>): Promise<readonly WrittenRows[]> {
    const transactions = new Map<string, TableRows[]>();
    for (const table of this.tables) {
      const columns = table.columns.map(({ name }) => `${pg.escapeIdentifier(name)}::text`).join(', ');
      const { rows } = await this.superuser.query<(string | null)[]>({
        text: `select xmin::text, ${columns} from ${table.name} where ${SINCE} order by ctid`,
        values: [String(mark % 2n ** 32n)],
        rowMode: 'array',
      });
      for (const [xmin, written] of byTransaction(rows)) {
        const group = transactions.get(xmin) ?? [];
        group.push({
          table: table.name,
          insert: insertInto(table, existed.has(table.name)),
          columns: table.columns.map((_, i) => written.map((row) => row[i + 1] ?? null)),
          rows: written.length,
        });
        transactions.set(xmin, group);
      }
    }
    return [...transactions].sort(([a], [b]) => Number(a) - Number(b)).map(([, written]) => written);
  }

  /** Takes the added rows away and tidies up after them, so that no insert finds a trace of the first one. */
  async clear(mark: bigint, existed: ReadonlySet<string>): Promise<void> {
    const added = this.tables.filter(({ name }) => !existed.has(name));
    // Children first: `lead` leads the list, and all else refers to it.
    for (const { name } of [...added].reverse()) {
      await this.superuser.query(`delete from ${name} where ${SINCE}`, [String(mark % 2n ** 32n)]);
    }
    await this.tidy();
  }

  async tidy(): Promise<void> {
    for (const { name } of this.tables) await this.superuser.query(`vacuum ${name}`);
  }

  /** One statement for each table, in transactions as they were. @returns rows written */
  async write(transactions: readonly WrittenRows[]): Promise<number> {
    let count = 0;
    for (const written of transactions) {
      await this.app.query('begin');
      for (const { insert, columns, rows } of written) {
        await this.app.query(insert, [...columns]);
        count += rows;
      }
      await this.app.query('commit');
    }
    return count;
  }
}

/** Rows whose first column says who wrote them. */
function byTransaction(rows: readonly (string | null)[][]): ReadonlyMap<string, (string | null)[][]> {
  const groups = new Map<string, (string | null)[][]>();
  for (const row of rows) {
    const xmin = row[0] ?? '';
    groups.set(xmin, [...(groups.get(xmin) ?? []), row]);
  }
  return groups;
}

/** Written by a transaction at or after the mark; a bench's database sees no two billion of them. */
const SINCE = 'xmin::text::bigint >= $1::bigint';

async function readTables(client: pg.Client): Promise<readonly Table[]> {
  const { rows } = await client.query<{ name: string; columns: Column[]; key: string[] }>(`
    select c.oid::regclass::text as name,
           (select json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod))
                            order by attnum)
              from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
               and attgenerated = '') as columns,
           (select json_agg(a.attname) from pg_index i
              join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
             where i.indrelid = c.oid and i.indisprimary) as key
      from pg_class c
     where c.relkind = 'r' and (c.relnamespace = 'public'::regnamespace
           or c.oid = 'graphile_worker._private_jobs'::regclass)
     order by c.relname <> 'lead', c.relname`);
  return rows;
}

function insertInto({ name, columns, key }: Table, over: boolean): string {
  const names = columns.map((column) => pg.escapeIdentifier(column.name));
  const arrays = columns.map(({ type }, i) => `$${i + 1}::${type}[]`);
  const others = names.filter((column) => !key.includes(column));
  const keys = key.map((column) => pg.escapeIdentifier(column));
  const conflict = over
    ? ` on conflict (${keys.join(', ')}) do update set ${others.map((c) => `${c} = excluded.${c}`).join(', ')}`
    : '';
  return `insert into ${name} (${names.join(', ')}) overriding system value
    select * from unnest(${arrays.join(', ')})${conflict}`;
}
