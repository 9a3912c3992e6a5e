import { fillIn, type Mapping, type ValueSource } from './mapping.js';

/** A row of the file: texts by column. */
export type CsvRow = Readonly<Record<string, string>>;

type Value = string | number | boolean | null;

/** The body of `POST /v1/leads`. */
export interface LeadBody {
  readonly externalIds: readonly { readonly source: string; readonly id: string }[];
  readonly fields: Readonly<Record<string, Value>>;
  readonly events: readonly {
    readonly source: string;
    readonly id: string;
    readonly kind: string;
    readonly occurredAt: string;
    readonly properties: Readonly<Record<string, Value>>;
  }[];
  readonly [part: string]: unknown;
}

/** What a row says that cannot be read, and where. */
export class UnreadableValue extends Error {
  override readonly name = 'UnreadableValue';
}

const PARTS = ['email', 'name', 'company', 'phone', 'title', 'source', 'campaign', 'occurredAt'] as const;

/**
 * Makes a lead of a row. What nobody knows is left out, so that it empties nothing that is known.
 * @param now ISO 8601, for events that occur when they are sent
 * @throws UnreadableValue
 */
export function toLead(row: CsvRow, mapping: Mapping, now: string): LeadBody {
  const { externalId, fields, events } = mapping;
  const id = (row[externalId.column] ?? '').trim();
  if (id === '')
    throw new UnreadableValue(`${externalId.column} is empty: nobody could find this lead again`);
  const parts = PARTS.flatMap((part) => {
    const source = mapping[part];
    const value =
      source === undefined ? null : read(row, part === 'occurredAt' ? { ...source, as: 'instant' } : source);
    return value === null ? [] : [[part, value] as const];
  });
  return {
    ...Object.fromEntries(parts),
    externalIds: [{ source: externalId.source, id }],
    fields: known(row, fields),
    events: events.map(({ source, id: template, kind, occurredAt, properties }) => ({
      source,
      id: fillIn(template, row),
      kind,
      occurredAt: occurredAt === 'now' ? now : String(read(row, { ...occurredAt, as: 'instant' }) ?? now),
      properties: known(row, properties),
    })),
  };
}

/** What is odd about a row, in the mapping's words. */
export function oddities(row: CsvRow, mapping: Mapping): readonly string[] {
  return mapping.odd.flatMap(({ column, is, matches, says }) => {
    const text = row[column] ?? '';
    const holds = is?.includes(text) ?? new RegExp(matches ?? '', 'u').test(text);
    return holds ? [says] : [];
  });
}

/** A text as a lower-case code: `Organic Search` is `organic_search`. */
export const toCode = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');

function known(row: CsvRow, sources: Readonly<Record<string, ValueSource>>): Record<string, Value> {
  const values = Object.entries(sources).map(([name, source]) => [name, read(row, source)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== null));
}

function read(row: CsvRow, source: ValueSource): Value {
  const value = source.column === undefined ? (source.value ?? null) : readColumn(row, source.column, source);
  return value === null ? null : (source.values?.[String(value)] ?? value);
}

function readColumn(row: CsvRow, column: string, { as, unknown }: ValueSource): Value {
  const text = (row[column] ?? '').trim();
  if (text === '' || unknown.includes(text)) return null;
  const refuse = (what: string): never => {
    throw new UnreadableValue(`${column} is "${text.slice(0, 60)}", which is no ${what}`);
  };
  switch (as) {
    case 'text':
      return text;
    case 'code':
      return toCode(text) || null;
    case 'number':
      return Number.isFinite(Number(text)) ? Number(text) : refuse('number');
    case 'boolean':
      return /^(true|yes|1)$/i.test(text) ? true : /^(false|no|0)$/i.test(text) ? false : refuse('yes or no');
    case 'instant':
      return toInstant(text) ?? refuse('date');
  }
}

const DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?))?(Z|[+-]\d{2}:\d{2})?$/;

/** A date or a timestamp as ISO 8601; without a zone it is UTC. */
export function toInstant(text: string): string | null {
  const [, date, time = '00:00:00', zone = 'Z'] = DATE.exec(text) ?? [];
  if (date === undefined) return null;
  const [day, at] = [Date.parse(`${date}T00:00:00Z`), Date.parse(`${date}T${time}${zone}`)];
  if (Number.isNaN(day) || Number.isNaN(at)) return null;
  // Date.parse takes 31 February for 3 March.
  return new Date(day).toISOString().startsWith(date) ? new Date(at).toISOString() : null;
}
