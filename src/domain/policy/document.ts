import { canonical } from '../canonical.js';
import { STAGES } from '../journey/journey.js';
import { type Change, changeLine } from './diff.js';
import type { Policy } from './policy.schema.js';

/** What stands around a policy when it is printed. */
export interface DocumentFrame {
  /** Lines such as `Active since …`. */
  readonly facts: readonly string[];
  /** Differences from another policy, which `against` names in words; null: nothing to compare with. */
  readonly changes: { readonly against: string; readonly changes: readonly Change[] } | null;
}

/** How the sections are called for people; a section that is not here is called by its own name. */
const TITLES: Readonly<Record<string, string>> = {
  stages: 'Stages',
  targets: 'Targets',
  scoring: 'Scoring',
  handRaisers: 'Hand-raisers: these go to sales at once',
  disqualifiers: 'Disqualifiers: these never go to sales by themselves',
  handOffs: 'Hand-offs',
  clocks: 'Clocks',
  nurture: 'Nurture',
  reviewDefault: 'When nobody decides a review in time',
  qualification: 'Qualification',
  profiling: 'Questions to leads',
  enrichment: 'What others say of leads',
  reasons: 'Reasons',
  review: 'Review of this agreement',
};

/** What people read first; sections that are not here follow in the order of the document. */
const ORDER = Object.keys(TITLES);

/** A whole policy as Markdown that people can read and sign: nothing of it is left out. */
export function policyDocument(policy: Policy, { facts, changes }: DocumentFrame): string {
  const { name, description, ...sections } = policy;
  const names = Object.keys(sections).sort((a, b) => place(a) - place(b));
  return [
    `# Policy ${inline(name)}`,
    ...(description === undefined ? [] : [inline(description)]),
    ...(facts.length === 0 ? [] : [facts.map((fact) => `- ${inline(fact)}`).join('\n')]),
    ...(changes === null ? [] : changesPart(changes)),
    ...names.flatMap((section) => [
      `## ${TITLES[section] ?? title(section)}`,
      part(section === 'stages' ? inJourneyOrder(policy) : sections[section as keyof typeof sections]),
    ]),
  ]
    .join('\n\n')
    .concat('\n');
}

/** A stored policy has its names in alphabetical order; people read stages in the order in which leads pass them. */
const inJourneyOrder = ({ stages = {} }: Policy): Policy['stages'] =>
  Object.fromEntries(
    Object.entries(stages).sort(([a], [b]) => stagePlace(a) - stagePlace(b) || (a < b ? -1 : 1)),
  );

const LEVELS = ['mql', 'mql.early', 'mql.advanced'];
const stagePlace = (stage: string): number =>
  STAGES.findIndex((one) => one === stage.split('.')[0]) + LEVELS.indexOf(stage) / LEVELS.length;

const title = (section: string): string => words(section).replace(/^./, (letter) => letter.toUpperCase());

function place(section: string): number {
  const known = ORDER.indexOf(section);
  return known < 0 ? ORDER.length : known;
}

function changesPart({ against, changes }: NonNullable<DocumentFrame['changes']>): readonly string[] {
  const lines = changes.map((change) => `- ${inline(changeLine(change))}`);
  return [`## Changes against ${inline(against)}`, lines.length === 0 ? 'None.' : lines.join('\n')];
}

/** A section: a table where it is a list or a set of alike things, else nested lines. */
function part(value: unknown): string {
  if (!isObject(value)) return Array.isArray(value) ? list(value) : text(value);
  const rows = rowsOf(value);
  if (rows !== null) return table(rows);
  const simple = Object.entries(value).filter(([, inner]) => !isTabular(inner));
  const tables = Object.entries(value).filter(([, inner]) => isTabular(inner));
  return [
    ...(simple.length === 0 ? [] : [outline(Object.fromEntries(simple), 0)]),
    ...tables.map(([key, inner]) => `### ${words(key)}\n\n${part(inner)}`),
  ].join('\n\n');
}

type Row = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isListOfObjects = (value: unknown): value is readonly Row[] =>
  Array.isArray(value) && value.length > 0 && value.every(isObject);
const isTabular = (value: unknown): boolean =>
  isListOfObjects(value) || (isObject(value) && rowsOf(value) !== null);

/** A set of named objects as rows that begin with their name; null when it is none. */
function rowsOf(value: Row): readonly Row[] | null {
  const entries = Object.entries(value);
  if (entries.length < 2 || !entries.every(([, inner]) => isObject(inner))) return null;
  return entries.map(([name, inner]) => ({ [NAME]: name, ...(inner as Row) }));
}

/** No setting is called so. */
const NAME = ' ';

function list(value: readonly unknown[]): string {
  if (isListOfObjects(value)) return table(value);
  return value.length === 0 ? 'None.' : value.map((item) => `- ${text(item)}`).join('\n');
}

function table(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map((column) => (column === NAME ? '' : words(column)))),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map((column) => cell(row, column)))),
  ].join('\n');
}

function cell(row: Row, column: string): string {
  const value = row[column];
  return column === NAME && typeof value === 'string' ? words(value) : text(value);
}

function outline(value: Row, depth: number): string {
  const indent = '  '.repeat(depth);
  return Object.entries(value)
    .map(([key, inner]) =>
      isObject(inner)
        ? `${indent}- ${words(key)}:\n${outline(inner, depth + 1)}`
        : `${indent}- ${words(key)}: ${text(inner)}`,
    )
    .join('\n');
}

/** A value within a line. */
function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value))
    return value.length === 0 ? 'none' : value.map(text).join(isObject(value[0]) ? '; ' : ', ');
  if (isObject(value)) {
    return Object.entries(value)
      .map(([key, inner]) => `${words(key)} ${isObject(inner) ? `(${text(inner)})` : text(inner)}`)
      .join(', ');
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return inline(typeof value === 'string' ? value : canonical(value));
}

/** `firstResponse` as `first response`; names with anything but letters stay as they are. */
const words = (key: string): string =>
  /^[a-z]+(?:[A-Z][a-z]*)*$/.test(key)
    ? key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : inline(key);

/** Somebody's text: on one line, and nothing in it means anything to Markdown. */
const inline = (value: string): string =>
  value
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>|~#&]/g, '\\$&')
    .replace(/^(\d+)([.)])(?= )/, '$1\\$2')
    .replace(/^([-+=])/, '\\$1');
