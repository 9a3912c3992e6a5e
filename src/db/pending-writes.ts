import type { EntityManager } from 'typeorm';
import { instantParam } from './column-types.js';
import { prepared } from './prepared.js';
import {
  ASSIGNMENT,
  DELIVERY,
  EVENT,
  type KeyOf,
  POOL,
  POOL_MEMBER,
  POOL_QUEUE,
  type RowOf,
  type SqlType,
  type Table,
} from './tables.js';
import { ConcurrentChange } from './transaction.js';

type Values = Readonly<Record<string, unknown>>;
type Rows = Map<string, Values>;

/** What routing reads: whoever asks sees what this transaction has decided so far. */
const ROUTING: readonly Table[] = [POOL, POOL_MEMBER, ASSIGNMENT, POOL_QUEUE];

/** Up to here planning costs more than writing. */
const FEW = 50;

interface Result {
  /** How many were new. */
  readonly events: number;
  readonly deliveries: readonly string[] | null;
}

/** Deliveries that are to be sent. */
export interface Flushed {
  readonly deliveries: readonly string[];
}

/**
 * The rows that a transaction is going to write, collected so that all of them take one round trip, whatever
 * their number. Several writes to one row become one, with the newest values: a new lead is inserted as it
 * stands at the end. Reads of these tables see nothing of it before {@link flush}.
 */
export class PendingWrites {
  readonly #inserts = new Map<Table, Rows>();
  readonly #changes = new Map<Table, Rows>();
  readonly #removals = new Map<Table, Rows>();

  /** A new row; where the table says so, also one that may be there already. */
  insert<T extends Table>(table: T, row: RowOf<T>): void {
    const key = keyOf(table, row);
    this.#removals.get(table)?.delete(key);
    rowsOf(this.#inserts, table).set(key, row);
  }

  /** New values for some columns of a row that exists, or that is to be inserted. */
  change<T extends Table>(table: T, values: KeyOf<T> & Partial<RowOf<T>>): void {
    const key = keyOf(table, values);
    const inserted = this.#inserts.get(table);
    const rows = inserted?.has(key) === true ? inserted : rowsOf(this.#changes, table);
    rows.set(key, { ...rows.get(key), ...values });
  }

  remove<T extends Table>(table: T, row: KeyOf<T>): void {
    const key = keyOf(table, row);
    this.#inserts.get(table)?.delete(key);
    rowsOf(this.#removals, table).set(key, row);
  }

  /** Whether something waits that routing would look at. */
  get concernsRouting(): boolean {
    return [this.#inserts, this.#changes, this.#removals].some((kind) =>
      ROUTING.some((table) => (kind.get(table)?.size ?? 0) > 0),
    );
  }

  /**
   * Writes everything in one statement; foreign keys are checked at its end.
   * @throws ConcurrentChange when somebody else has brought one of the events meanwhile
   */
  async flush(manager: EntityManager): Promise<Flushed> {
    const parameters: unknown[] = [];
    const parts = [
      ...this.#take(this.#inserts, (table, rows) => insertSql(table, rows, parameters)),
      ...this.#take(this.#changes, (table, rows) => changeSql(table, rows, parameters)),
      ...this.#take(this.#removals, (table, rows) => removeSql(table, rows, parameters)),
    ];
    if (parts.length === 0) return { deliveries: [] };
    const eventsGiven = parts.find(({ table }) => table === EVENT)?.count ?? 0;
    const sql = `with ${parts.map((part, i) => `w${i} as (${part.sql})`).join(',\n')}\n${resultSql(parts)}`;
    const rows = parts.reduce((sum, { count }) => sum + count, 0);
    const [result] =
      rows > FEW
        ? await manager.query<Result[]>(sql, parameters)
        : await prepared<Result>(manager, sql, parameters);
    if (result === undefined || result.events < eventsGiven) {
      throw new ConcurrentChange('another request brought the same event');
    }
    return { deliveries: result.deliveries ?? [] };
  }

  #take(
    kind: Map<Table, Rows>,
    toSql: (table: Table, rows: readonly Values[]) => readonly string[],
  ): readonly Part[] {
    const taken = [...kind].filter(([, rows]) => rows.size > 0);
    kind.clear();
    return taken.flatMap(([table, rows]) =>
      toSql(table, [...rows.values()]).map((sql) => ({ table, sql, count: rows.size })),
    );
  }
}

interface Part {
  readonly table: Table;
  readonly sql: string;
  readonly count: number;
}

function rowsOf(kind: Map<Table, Rows>, table: Table): Rows {
  const rows = kind.get(table) ?? new Map<string, Values>();
  kind.set(table, rows);
  return rows;
}

const keyOf = ({ key }: Table, row: Values): string => key.map((column) => row[column]).join('\0');

function resultSql(parts: readonly Part[]): string {
  const named = (table: Table): string | undefined => {
    const i = parts.findIndex((part) => part.table === table);
    return i < 0 ? undefined : `w${i}`;
  };
  const [events, deliveries] = [named(EVENT), named(DELIVERY)];
  return `select ${events === undefined ? '0' : `(select count(*) from ${events})`} as events,
    ${deliveries === undefined ? 'null' : `(select array_agg(id) from ${deliveries} where webhook_id is not null)`} as deliveries`;
}

function insertSql(table: Table, rows: readonly Values[], parameters: unknown[]): readonly string[] {
  const columns = Object.keys(table.columns);
  const { found, inOrder, onConflict } = table;
  const names = [...columns, ...Object.keys(found?.columns ?? {})];
  const values = [
    ...columns.map((column) => valueSql(table, column)),
    ...Object.values(found?.columns ?? {}),
  ];
  return [
    `insert into ${table.name} as t (${names.join(', ')})
     select ${values.join(', ')} from ${givenSql(table, columns, rows, parameters, inOrder)} ${found?.join ?? ''}
     ${inOrder === true ? 'order by r.nth' : ''}
     ${onConflict === undefined ? '' : `on conflict ${onConflict}`}
     ${table === EVENT ? 'returning 1' : table === DELIVERY ? 'returning id, webhook_id' : ''}`,
  ];
}

/** One statement for each set of columns that changes. */
function changeSql(table: Table, rows: readonly Values[], parameters: unknown[]): readonly string[] {
  const groups = new Map<string, Values[]>();
  for (const row of rows) {
    const columns = Object.keys(row).sort().join();
    const group = groups.get(columns);
    if (group === undefined) groups.set(columns, [row]);
    else group.push(row);
  }
  return [...groups].map(([set, group]) => {
    const columns = set.split(',');
    const changed = columns.filter((column) => !table.key.includes(column));
    const values = changed.map((column) => [column, valueSql(table, column)] as const);
    const sets = table.sets === undefined ? values : Object.entries(table.sets);
    return `update ${table.name} as t set ${sets.map(([column, value]) => `${column} = ${value}`).join(', ')}
       from ${givenSql(table, columns, group, parameters)} where ${keySql(table)}`;
  });
}

function removeSql(table: Table, rows: readonly Values[], parameters: unknown[]): readonly string[] {
  return [
    `delete from ${table.name} as t using ${givenSql(table, table.key, rows, parameters)} where ${keySql(table)}`,
  ];
}

const keySql = ({ key }: Table): string => key.map((column) => `t.${column} = r.${column}`).join(' and ');

/**
 * The given rows as a table `r`: one array for each column. A single row comes as it is, so that the plan which
 * PostgreSQL keeps is as good as one made for it.
 */
function givenSql(
  table: Table,
  columns: readonly string[],
  rows: readonly Values[],
  parameters: unknown[],
  numbered = false,
): string {
  const [only, ...others] = rows;
  const typeOf = (column: string): SqlType => table.columns[column] ?? 'text';
  const place = (value: unknown): string => `$${parameters.push(value)}`;
  const sent = (type: SqlType): string => (type === 'text[]' ? 'jsonb' : type);
  if (only !== undefined && others.length === 0) {
    const values = columns.map((column) => {
      const type = typeOf(column);
      return `${place(encode(type, only[column]))}::${sent(type)}`;
    });
    const names = numbered ? [...columns, 'nth'] : columns;
    return `(values (${[...values, ...(numbered ? ['1'] : [])].join(', ')})) as r (${names.join(', ')})`;
  }
  const arrays = columns.map((column) => {
    const type = typeOf(column);
    return `${place(rows.map((row) => encode(type, row[column])))}::${sent(type)}[]`;
  });
  return numbered
    ? `unnest(${arrays.join(', ')}) with ordinality as r (${columns.join(', ')}, nth)`
    : `unnest(${arrays.join(', ')}) as r (${columns.join(', ')})`;
}

/** An array of arrays would be unnested to its last element: the inner one travels as JSON. */
const valueSql = (table: Table, column: string): string =>
  table.columns[column] === 'text[]' ? `array(select jsonb_array_elements_text(r.${column}))` : `r.${column}`;

function encode(type: SqlType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'timestamptz') return instantParam(value as number);
  return type === 'jsonb' || type === 'text[]' ? JSON.stringify(value) : value;
}
