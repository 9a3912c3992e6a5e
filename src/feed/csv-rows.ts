import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { z } from 'zod';
import type { CsvRow } from './map-row.js';
import { requireColumns, type Mapping } from './mapping.js';

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

const csvRow = z.record(z.string(), z.string());

/** The rows of a CSV file with a header, one by one. Ragged rows are kept: what is missing is empty. */
export async function* readCsv(
  file: string,
  onHeader: (header: readonly string[]) => void,
): AsyncGenerator<NumberedRow> {
  const parser = createReadStream(file).pipe(
    parse({
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      columns: (header: string[]) => {
        const names = header.map((name) => name.trim());
        onHeader(names);
        return names;
      },
    }),
  );
  let n = 0;
  for await (const record of parser) yield { n: ++n, row: csvRow.parse(record) };
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
  const { orderBy, only } = mapping;
  if (from !== undefined && orderBy === undefined) throw new Error('--from needs a mapping with "orderBy"');
  const rows = chosen(readCsv(file, (header) => requireColumns(mappingFile, mapping, header)));
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
