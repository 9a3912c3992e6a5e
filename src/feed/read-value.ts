import { readMoment, type Moment } from './dates.js';
import { cell, placeholdersOf, fillIn, type ValueSource, type When } from './value-source.js';

/** A row of a file: texts by column. */
export type CsvRow = Readonly<Record<string, string>>;

export type Value = string | number | boolean | null;

/** What a row says that cannot be read, and where. */
export class UnreadableValue extends Error {
  override readonly name = 'UnreadableValue';
}

/** What a source gives for a row; null where nobody knows. @throws UnreadableValue */
export function readValue(row: CsvRow, source: ValueSource, timeZone: string): Value {
  if (source.as === 'instant') {
    const moment = readTime(row, source, timeZone);
    return moment === null ? null : new Date(moment.at).toISOString();
  }
  const value = source.value ?? readText(row, source);
  if (value === null) return null;
  const { values } = source;
  return values !== undefined && Object.hasOwn(values, String(value))
    ? (values[String(value)] ?? null)
    : value;
}

/** The same for a date or a timestamp, however the source says that it is read. @throws UnreadableValue */
export function readTime(row: CsvRow, source: ValueSource, timeZone: string): Moment | null {
  const text = source.value === undefined ? textOf(row, source) : String(source.value);
  if (text === null) return null;
  const { format } = source;
  const moment = readMoment(text, { timeZone, format });
  if (moment !== null) return moment;
  throw new UnreadableValue(
    `${saidBy(source, text)}, which is no date${format === undefined ? '' : ` in the format ${format}`}`,
  );
}

/** Whether a row is one of those that something is about. */
export function isWhen(row: CsvRow, { column, is, matches, present }: When): boolean {
  const text = cell(row, column);
  if (present !== undefined) return (text.trim() !== '') === present;
  return is?.includes(text) ?? new RegExp(matches ?? '', 'u').test(text);
}

function readText(row: CsvRow, source: ValueSource): Value {
  const text = textOf(row, source);
  if (text === null) return null;
  const refuse = (what: string): never => {
    throw new UnreadableValue(`${saidBy(source, text)}, which is no ${what}`);
  };
  switch (source.as) {
    case 'text':
    case 'instant':
      return text;
    case 'code':
      return toCode(text) || null;
    case 'number':
      return Number.isFinite(Number(text)) ? Number(text) : refuse('number');
    case 'boolean':
      return /^(true|yes|1)$/i.test(text) ? true : /^(false|no|0)$/i.test(text) ? false : refuse('yes or no');
  }
}

/** The text of a column, or of several; null where it means that nobody knows. */
function textOf(row: CsvRow, { column, text: template, unknown }: ValueSource): string | null {
  const isUnknown = (text: string): boolean => text === '' || unknown.includes(text);
  if (template === undefined) {
    const text = cell(row, column ?? '').trim();
    return isUnknown(text) ? null : text;
  }
  const columns = placeholdersOf(template);
  if (columns.length > 0 && columns.every((name) => isUnknown(cell(row, name).trim()))) return null;
  return fillIn(template, row).trim();
}

const saidBy = ({ column, text: template }: ValueSource, text: string): string =>
  `${column ?? template ?? 'the value'} is ${quoted(text)}`;

/** A text of the file in a report: short, and storable. */
export const quoted = (text: string): string =>
  `"${text.replaceAll('\u0000', '\uFFFD').slice(0, 60).toWellFormed()}"`;

/** A text as a lower-case code: `Organic Search` is `organic_search`. */
export const toCode = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
