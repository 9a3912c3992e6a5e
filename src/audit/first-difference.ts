import { canonical } from '../domain/canonical.js';

/** Where two JSON values first part, as a JSON Pointer, with the canonical text of both sides there. */
export interface ValueDifference {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/** Null when the two have the same canonical form. Members are compared in the order of their names. */
export function firstDifference(expected: unknown, found: unknown, path = ''): ValueDifference | null {
  if (isObject(expected) && isObject(found) && Array.isArray(expected) === Array.isArray(found)) {
    for (const key of [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort(inOrder)) {
      const inner = firstDifference(expected[key], found[key], `${path}/${key}`);
      if (inner !== null) return inner;
    }
    return null;
  }
  const [a, b] = [textOf(expected), textOf(found)];
  return a === b ? null : { path, expected: a, found: b };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const textOf = (value: unknown): string => (value === undefined ? 'nothing' : canonical(value));

/** Numbers (places in a list) by size, names by their text. */
const inOrder = (a: string, b: string): number =>
  /^\d+$/.test(a) && /^\d+$/.test(b) ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;
