import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { CsvRow } from './read-value.js';

/** A row of a file, and its number there: of a CSV the first row after the header is 1, of NDJSON the first line. */
export interface FileRow {
  readonly n: number;
  readonly row: CsvRow;
  /** What is odd about its form. */
  readonly odd: readonly string[];
  /** Why it is no row at all; null when it is one. */
  readonly fault: string | null;
}

/** The file as a whole cannot be read: what is wrong, and where. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

/** Longer is no row, but a quote that is never closed. */
const LONGEST_ROW = 1_000_000;

/**
 * The rows of a CSV with a header, one by one. Ragged rows are kept: what is missing is empty.
 * @throws UnreadableFile
 */
export async function* csvRows(
  input: Readable,
  delimiter: string,
  onHeader: (header: readonly string[]) => void,
): AsyncGenerator<FileRow> {
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
  });
  input.on('error', (error) => parser.destroy(error));
  let header: readonly string[] | null = null;
  let n = 0;
  try {
    for await (const cells of input.pipe(parser) as AsyncIterable<readonly string[]>) {
      if (header === null) {
        header = cells.map((name) => name.trim());
        onHeader(header);
        continue;
      }
      yield { n: ++n, row: named(header, cells), odd: ragged(header, cells), fault: null };
    }
  } catch (error) {
    if (error instanceof CsvError) throw new UnreadableFile(error.message);
    throw error;
  } finally {
    input.destroy();
  }
  if (header === null) throw new UnreadableFile('the file is empty: a CSV starts with a header');
}

const named = (header: readonly string[], cells: readonly string[]): CsvRow =>
  Object.fromEntries(header.map((name, i) => [name, cells[i] ?? '']));

function ragged(header: readonly string[], cells: readonly string[]): readonly string[] {
  if (cells.length === header.length) return [];
  return [`has ${cells.length} values for ${header.length} columns`];
}

/** The objects of an NDJSON file, line by line; empty lines are none. Nested objects give columns such as `address.city`. */
export async function* ndjsonRows(
  input: Readable,
  onHeader: (header: readonly string[]) => void,
): AsyncGenerator<FileRow> {
  const columns = new Set<string>();
  let n = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    n += 1;
    const text = n === 1 ? line.replace(/^\uFEFF/, '') : line;
    if (text.trim() === '') continue;
    const row = text.length > LONGEST_ROW ? null : objectOf(text);
    for (const column of Object.keys(row ?? {})) columns.add(column);
    yield { n, row: row ?? {}, odd: [], fault: row === null ? `line ${n} is no JSON object` : null };
  }
  // Columns may come late in such a file, so they are known at its end.
  onHeader([...columns]);
}

function objectOf(text: string): CsvRow | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isObject(value) ? Object.fromEntries(flattened(value, '', 0)) : null;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const DEEPEST = 8;

function flattened(object: object, prefix: string, depth: number): [string, string][] {
  return Object.entries(object).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    if (isObject(value) && depth < DEEPEST) return flattened(value, `${prefix}${key}.`, depth + 1);
    const text = typeof value === 'string' ? value : value == null ? '' : JSON.stringify(value);
    return [[`${prefix}${key}`, text]];
  });
}
