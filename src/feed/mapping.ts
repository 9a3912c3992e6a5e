import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';
import { pointer } from '../domain/policy/fault.js';
import type { Fault } from '../faults.js';
import { documentSchema, mappingOf, type Mapping, type MappingDocument } from './mapping.schema.js';
import { placeholdersOf, type ValueSource } from './value-source.js';

export type { Mapping } from './mapping.schema.js';

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

/** The mapping of one data file. @throws MappingError with every fault */
export const readMapping = (file: string, dataFile?: string): Mapping =>
  parseMapping(file, readFileSync(file, 'utf8'), dataFile);

/** The mapping of one data file, for live leads. @throws MappingError with every fault */
export function parseMapping(file: string, text: string, dataFile?: string): Mapping {
  const document = parseDocument(file, text);
  const { files } = document;
  const mapping = mappingOf(document, files === undefined ? null : basename(dataFile ?? ''));
  if (mapping === null) {
    const message = `says nothing of ${basename(dataFile ?? '') || 'this file'}; it names: ${Object.keys(files ?? {}).join(', ')}`;
    throw new MappingError(file, [{ path: '/files', message }]);
  }
  if (mapping.history.length > 0) {
    const message = 'is for "baton import": live leads have no past';
    throw new MappingError(file, [{ path: '/history', message }]);
  }
  return mapping;
}

/** The whole document. @throws MappingError with every fault */
export function parseDocument(file: string, text: string): MappingDocument {
  let document: unknown;
  try {
    document = parse(text, { schema: 'core', uniqueKeys: true });
  } catch (error) {
    throw new MappingError(file, [
      { path: '', message: error instanceof Error ? error.message : 'is no YAML' },
    ]);
  }
  const parsed = documentSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new MappingError(
    file,
    parsed.error.issues.flatMap(deepest).map(({ path, message }) => ({ path: pointer(path), message })),
  );
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Of a union that nothing fits, the faults of the alternative that was meant: of an object those of its parts. */
function deepest(issue: z.core.$ZodIssue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const { errors, path } = issue;
  const meant = errors.find((faults) => faults.some((fault) => fault.path.length > 0)) ?? errors[0] ?? [];
  return meant.flatMap(deepest).map((fault) => ({ ...fault, path: [...path, ...fault.path] }));
}

/**
 * Checks that the file has every column that the mapping names.
 * @throws MappingError with every fault
 */
export function requireColumns(file: string, mapping: Mapping, header: readonly string[]): void {
  const faults = missingColumns(mapping, header);
  if (faults.length > 0) throw new MappingError(file, faults);
}

/** A fault for every column that a mapping names and a file has not. */
export const missingColumns = (mapping: Mapping, header: readonly string[]): Fault[] =>
  columnsOf(mapping).flatMap(([path, column]) =>
    header.includes(column)
      ? []
      : [{ path: pointer(path), message: `there is no column "${column}"; there are: ${header.join(', ')}` }],
  );

type Path = readonly PropertyKey[];
type NamedColumn = readonly [path: Path, column: string];

const PARTS = ['email', 'name', 'company', 'phone', 'title', 'source', 'campaign', 'occurredAt'] as const;
const OF_HISTORY = ['sdr', 'ae', 'reason', 'amount', 'currency'] as const;

function columnsOf(mapping: Mapping): readonly NamedColumn[] {
  const { externalId, fields, events, history, orderBy, only, odd } = mapping;
  return [
    [['externalId', 'column'], externalId.column],
    ...PARTS.flatMap((part) => columnOf([part], mapping[part])),
    ...Object.entries(fields).flatMap(([name, source]) => columnOf(['fields', name], source)),
    ...events.flatMap(({ id, occurredAt, properties, when }, i): NamedColumn[] => [
      ...placeholdersOf(id).map((column): NamedColumn => [['events', i, 'id'], column]),
      ...columnOf(['events', i, 'occurredAt'], occurredAt),
      ...columnOf(['events', i, 'when'], when),
      ...Object.entries(properties).flatMap(([name, source]) =>
        columnOf(['events', i, 'properties', name], source),
      ),
    ]),
    ...history.flatMap(({ stage, occurredAt, when, ...entry }, i): NamedColumn[] => [
      ...columnOf(['history', i, 'stage'], stage),
      ...columnOf(['history', i, 'occurredAt'], occurredAt),
      ...columnOf(['history', i, 'when'], when),
      ...OF_HISTORY.flatMap((part) => columnOf(['history', i, part], entry[part])),
    ]),
    ...(orderBy === undefined ? [] : ([[['orderBy'], orderBy]] as const)),
    ...Object.keys(only).map((column): NamedColumn => [['only', column], column]),
    ...odd.map(({ column }, i): NamedColumn => [['odd', i, 'column'], column]),
  ];
}

type Source = Partial<Pick<ValueSource, 'column' | 'text'>>;

function columnOf(path: Path, source: Source | string | undefined): NamedColumn[] {
  if (typeof source !== 'object') return [];
  const { column, text } = source;
  return [
    ...(column === undefined ? [] : ([[[...path, 'column'], column]] as const)),
    ...placeholdersOf(text ?? '').map((name): NamedColumn => [[...path, 'text'], name]),
  ];
}
