import { createReadStream } from 'node:fs';
import { csvRows } from './read-rows.js';
import type { CsvRow } from './read-value.js';
import { requireColumns } from './mapping.js';
import type { Mapping } from './mapping.schema.js';

/** A row and its number in the file; the first row after the header is 1. */
export interface NumberedRow {
  readonly n: number;
  readonly row: CsvRow;
}

export interface RowChoice {
  /** Only rows whose `orderBy` column is not before this text. */
  readonly from?: string | undefined;
  readonly limit?: number | undefined;
}

/** The rows of a CSV file with a header, one by one. Ragged rows are kept: what is missing is empty. */
export async function* readCsv(
  file: string,
  onHeader: (header: readonly string[]) => void,
  delimiter = ',',
): AsyncGenerator<NumberedRow> {
  for await (const { n, row } of csvRows(createReadStream(file), delimiter, onHeader)) yield { n, row };
}

/**
 * The rows to send, in their order. Without `orderBy` the file is streamed; with it the chosen rows are
 * collected first.
 * @throws MappingError when a column is missing
 */
export async function* chosenRows(
  file: string,
  mappingFile: string,
  mapping: Mapping,
  { from, limit = Infinity }: RowChoice,
): AsyncGenerator<NumberedRow> {
  const { orderBy, only, delimiter } = mapping;
  if (from !== undefined && orderBy === undefined) throw new Error('--from needs a mapping with "orderBy"');
  const rows = chosen(readCsv(file, (header) => requireColumns(mappingFile, mapping, header), delimiter));
  if (orderBy === undefined) {
    let sent = 0;
    for await (const row of rows) {
      if (sent++ >= limit) return;
      yield row;
    }
    return;
  }
  const collected: NumberedRow[] = [];
  for await (const row of rows) collected.push(row);
  const key = ({ row }: NumberedRow): string => row[orderBy] ?? '';
  collected.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.n - b.n));
  yield* collected.slice(0, limit);

  async function* chosen(all: AsyncIterable<NumberedRow>): AsyncGenerator<NumberedRow> {
    for await (const item of all) {
      const wanted = Object.entries(only).every(([column, texts]) => texts.includes(item.row[column] ?? ''));
      if (wanted && (from === undefined || (item.row[orderBy ?? ''] ?? '') >= from)) yield item;
    }
  }
}

/** How many rows would be sent. */
export async function countRows(
  file: string,
  mappingFile: string,
  mapping: Mapping,
  choice: RowChoice,
): Promise<number> {
  let count = 0;
  for await (const _row of chosenRows(file, mappingFile, mapping, choice)) count += 1;
  return count;
}
