import { z } from 'zod';
import { isReadable } from './dates.js';

/** The pieces of a mapping: where a value comes from, and which rows something is about. */

export const columnName = z.string().min(1).max(200);
export const system = z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/, 'must be a lower-case code');
const constant = z.union([z.string().max(2_000), z.number(), z.boolean()]);

/** Where a value comes from. */
export const valueSchema = z
  .strictObject({
    column: columnName.optional(),
    /** The same for every row. */
    value: constant.optional(),
    /** With columns in braces, such as `{first} {last}`; no value where all of them are empty. */
    text: z.string().min(1).max(500).optional(),
    /** How the text is read; `code`: lower case, everything else than letters and digits becomes "_". */
    as: z.enum(['text', 'code', 'number', 'boolean', 'instant']).default('text'),
    /** Of a date or timestamp, in Luxon's tokens; absent: ISO 8601. */
    format: z
      .string()
      .max(60)
      .refine(isReadable, 'must be tokens of a date with its year, such as dd/MM/yyyy HH:mm')
      .optional(),
    /** Texts that mean "nobody knows": no value. */
    unknown: z.array(z.string()).default(['']),
    /** Replaces values, after they are read. */
    values: z.record(z.string(), constant).optional(),
  })
  .refine(
    ({ column, value, text }) => [column, value, text].filter((one) => one !== undefined).length === 1,
    {
      error: 'must have one of column, value and text',
    },
  );
export type ValueSource = z.output<typeof valueSchema>;

const pattern = z.string().max(500).refine(isPattern, 'must be a regular expression');

const oneTest = (tests: { is?: unknown; matches?: unknown; present?: unknown }): boolean =>
  [tests.is, tests.matches, tests.present].filter((test) => test !== undefined).length === 1;

const test = {
  column: columnName,
  is: z.array(z.string()).min(1).optional(),
  matches: pattern.optional(),
  /** Whether the column holds anything. */
  present: z.boolean().optional(),
};
const ONE_TEST = { error: 'must have one of "is", "matches" and "present"' };

/** A test of one column. */
export const whenSchema = z.strictObject(test).refine(oneTest, ONE_TEST);
export type When = z.output<typeof whenSchema>;

export const oddSchema = z
  .strictObject({ ...test, says: z.string().min(1).max(200) })
  .refine(oneTest, ONE_TEST);

const PLACEHOLDER = /\{([^{}]+)\}/g;

/** The columns that a text such as `{mql_id}:visit` names. */
export const placeholdersOf = (template: string): readonly string[] =>
  [...template.matchAll(PLACEHOLDER)].map(([, column = '']) => column);

/** Puts a row's values into such a text. */
export const fillIn = (template: string, row: Readonly<Record<string, string>>): string =>
  template.replace(PLACEHOLDER, (_match, column: string) => cell(row, column));

/** What a column of a row holds; a column that the row has not is empty. */
export const cell = (row: Readonly<Record<string, string>>, column: string): string =>
  Object.hasOwn(row, column) ? (row[column] ?? '') : '';

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
