import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { EntityManager } from 'typeorm';

const names = new Map<string, string>();

/** The same for the same text in every process; PostgreSQL cuts names off at 63 bytes. */
function nameOf(sql: string): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  const name = `baton_${createHash('sha256').update(sql).digest('hex').slice(0, 32)}`;
  names.set(sql, name);
  return name;
}

/**
 * For statements that come with every transaction: PostgreSQL parses and plans them once for each connection, which
 * is most of what a short one costs. The text must be one of a few: every connection keeps each of them.
 * TypeORM has no word for it, so that this speaks to the transaction's own connection.
 */
export async function prepared<Row>(
  manager: EntityManager,
  sql: string,
  parameters: readonly unknown[],
): Promise<Row[]> {
  const runner = manager.queryRunner;
  if (runner === undefined) return manager.query<Row[]>(sql, [...parameters]);
  const client = (await runner.connect()) as ClientBase;
  const { rows } = await client.query({ name: nameOf(sql), text: sql, values: [...parameters] });
  return rows as Row[];
}
