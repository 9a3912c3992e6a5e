import pg from 'pg';

/** What PostgreSQL has done so far. */
export interface DatabaseCounts {
  /** Committed in the product's database. */
  readonly transactions: number;
  /** Written by the whole server: with Temporal on the same one, its bytes too. */
  readonly walBytes: number;
}

/**
 * Reads PostgreSQL's counters from a connection to another database, so that reading does not count.
 * Sessions tell what they did only now and then: have them tell it first ({@link tellStatistics}).
 */
export class DatabaseCounters {
  readonly #client: pg.Client;

  private constructor(
    superuserUrl: string,
    private readonly database: string,
  ) {
    const url = new URL(superuserUrl);
    url.pathname = '/postgres';
    this.#client = new pg.Client({ connectionString: url.href, application_name: 'baton-bench-counters' });
  }

  static async connect(superuserUrl: string): Promise<DatabaseCounters> {
    const counters = new DatabaseCounters(superuserUrl, new URL(superuserUrl).pathname.slice(1));
    await counters.#client.connect();
    return counters;
  }

  async read(): Promise<DatabaseCounts> {
    const { rows } = await this.#client.query<{ transactions: string; wal: string }>(
      `select xact_commit as transactions, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as wal
         from pg_stat_database where datname = $1`,
      [this.database],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`there is no database ${this.database}`);
    return { transactions: Number(row.transactions), walBytes: Number(row.wal) };
  }

  close(): Promise<void> {
    return this.#client.end();
  }
}

/** A session that has read no table since its last report tells nothing, however many transactions it ran. */
export const TELL = 'select pg_stat_force_next_flush() from setting';

interface Pooled {
  createQueryRunner(): { query(sql: string): Promise<unknown>; release(): Promise<void> };
}

/**
 * Makes every connection of a pool report its transactions.
 * @returns how many transactions of its own that took
 */
export async function tellStatistics(dataSource: Pooled, poolSize: number): Promise<number> {
  const runners = Array.from({ length: poolSize }, () => dataSource.createQueryRunner());
  try {
    // All at once: each has to get a connection of its own. The first statement takes it.
    await Promise.all(runners.map((runner) => runner.query(TELL)));
    await Promise.all(runners.map((runner) => runner.query(TELL)));
  } finally {
    await Promise.all(runners.map((runner) => runner.release()));
  }
  return 2 * poolSize;
}
