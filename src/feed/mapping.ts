import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { pointer } from '../domain/policy/fault.js';
import type { Fault } from '../faults.js';

/**
 * How the rows of a CSV file become leads and events: the mapping file of `baton feed`. One schema is at once
 * the validation and the type.
 */

const columnName = z.string().min(1).max(200);
const code = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, 'must be a lower-case code');
const system = z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/, 'must be a lower-case code');
const constant = z.union([z.string().max(2_000), z.number(), z.boolean()]);

/** Where a value comes from. */
export const valueSchema = z
  .strictObject({
    column: columnName.optional(),
    /** The same for every row. */
    value: constant.optional(),
    /** How the text is read; `code`: lower case, everything else than letters and digits becomes "_". */
    as: z.enum(['text', 'code', 'number', 'boolean', 'instant']).default('text'),
    /** Texts that mean "nobody knows": no value. */
    unknown: z.array(z.string()).default(['']),
    /** Replaces values, after they are read. */
    values: z.record(z.string(), constant).optional(),
  })
  .refine(({ column, value }) => (column === undefined) !== (value === undefined), {
    error: 'must have either a column or a value',
  });
export type ValueSource = z.output<typeof valueSchema>;

const eventSchema = z.strictObject({
  kind: code,
  source: system,
  /** With columns in braces, such as `{mql_id}:visit`. A repeat of source and id is a no-op. */
  id: z.string().min(1).max(200),
  occurredAt: z.union([z.literal('now'), valueSchema]).default('now'),
  properties: z.record(z.string().min(1).max(64), valueSchema).default({}),
});

const oddSchema = z
  .strictObject({
    column: columnName,
    is: z.array(z.string()).min(1).optional(),
    matches: z.string().refine(isPattern, 'must be a regular expression').optional(),
    says: z.string().min(1).max(200),
  })
  .refine(({ is, matches }) => (is === undefined) !== (matches === undefined), {
    error: 'must have either "is" or "matches"',
  });

export const mappingSchema = z.strictObject({
  description: z.string().optional(),
  /** By what a lead is known: a column, and the system that it comes from. */
  externalId: z.strictObject({ source: system, column: columnName }),
  email: valueSchema.optional(),
  name: valueSchema.optional(),
  company: valueSchema.optional(),
  phone: valueSchema.optional(),
  title: valueSchema.optional(),
  source: valueSchema.optional(),
  campaign: valueSchema.optional(),
  occurredAt: valueSchema.optional(),
  fields: z.record(z.string().min(1).max(64), valueSchema).default({}),
  events: z.array(eventSchema).max(100).default([]),
  /** Rows are sent in the order of this column's text; absent: as they stand. `--from` compares with it. */
  orderBy: columnName.optional(),
  /** Only rows whose columns hold one of these. */
  only: z.record(columnName, z.array(z.string()).min(1)).default({}),
  /** What is reported as odd; such rows are sent like all others. */
  odd: z.array(oddSchema).default([]),
});
export type Mapping = z.output<typeof mappingSchema>;

/** Every fault of a mapping file, each with its path. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
  constructor(
    readonly file: string,
    readonly faults: readonly Fault[],
  ) {
    const lines = faults.map(({ path, message }) => `  ${path === '' ? '/' : path}: ${message}`);
    super(`The mapping ${file} is wrong:\n${lines.join('\n')}`);
  }
}

/** @throws MappingError with every fault */
export function readMapping(file: string): Mapping {
  return parseMapping(file, readFileSync(file, 'utf8'));
}

/** @throws MappingError with every fault */
export function parseMapping(file: string, text: string): Mapping {
  let document: unknown;
  try {
    document = parse(text, { schema: 'core', uniqueKeys: true });
  } catch (error) {
    throw new MappingError(file, [
      { path: '', message: error instanceof Error ? error.message : 'is no YAML' },
    ]);
  }
  const parsed = mappingSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new MappingError(
    file,
    parsed.error.issues.map(({ path, message }) => ({ path: pointer(path), message })),
  );
}

/**
 * Checks that the file has every column that the mapping names.
 * @throws MappingError with every fault
 */
export function requireColumns(file: string, mapping: Mapping, header: readonly string[]): void {
  const faults = columnsOf(mapping).flatMap(([path, column]) =>
    header.includes(column)
      ? []
      : [{ path: pointer(path), message: `there is no column "${column}"; there are: ${header.join(', ')}` }],
  );
  if (faults.length > 0) throw new MappingError(file, faults);
}

const PLACEHOLDER = /\{([^{}]+)\}/g;

/** Puts a row's values into a text such as `{mql_id}:visit`. */
export const fillIn = (template: string, row: Readonly<Record<string, string>>): string =>
  template.replace(PLACEHOLDER, (_match, column: string) => row[column] ?? '');

type NamedColumn = readonly [path: readonly PropertyKey[], column: string];

function columnsOf(mapping: Mapping): readonly NamedColumn[] {
  const { externalId, fields, events, orderBy, only, odd } = mapping;
  const parts = ['email', 'name', 'company', 'phone', 'title', 'source', 'campaign', 'occurredAt'] as const;
  return [
    [['externalId', 'column'], externalId.column],
    ...parts.flatMap((part) => columnOf([part], mapping[part])),
    ...Object.entries(fields).flatMap(([name, source]) => columnOf(['fields', name], source)),
    ...events.flatMap(({ id, occurredAt, properties }, i): NamedColumn[] => [
      ...[...id.matchAll(PLACEHOLDER)].map(([, column = '']): NamedColumn => [['events', i, 'id'], column]),
      ...(occurredAt === 'now' ? [] : columnOf(['events', i, 'occurredAt'], occurredAt)),
      ...Object.entries(properties).flatMap(([name, source]) =>
        columnOf(['events', i, 'properties', name], source),
      ),
    ]),
    ...(orderBy === undefined ? [] : ([[['orderBy'], orderBy]] as const)),
    ...Object.keys(only).map((column): NamedColumn => [['only', column], column]),
    ...odd.map(({ column }, i): NamedColumn => [['odd', i, 'column'], column]),
  ];
}

const columnOf = (path: readonly PropertyKey[], source: ValueSource | undefined): NamedColumn[] =>
  source?.column === undefined ? [] : [[[...path, 'column'], source.column]];

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
