import type { Condition } from '../policy/schema-parts.js';

const NUMBER = /^[+-]?[0-9]+(\.[0-9]+)?$/;

/** How values are compared: without case and surrounding space; a number or yes/no by its usual text. */
const comparable = (text: string): string => text.trim().toLowerCase();

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return comparable(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return null;
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string' && NUMBER.test(value.trim())) return Number(value);
  return null;
}

const isUnknown = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.every(isUnknown));

/**
 * Whether a value fulfils every part of a condition. Unknown (undefined, null, empty text, empty list) fulfils
 * only `present: false`. Of a list, one element must fulfil a positive part and none may be in `notIn`.
 */
export function holds(condition: Condition, value: unknown): boolean {
  const { in: among, notIn, atLeast, below, contains, present } = condition;
  if (isUnknown(value)) {
    return present === false && [among, notIn, atLeast, below, contains].every((part) => part === undefined);
  }
  if (present === false) return false;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = values.map(textOf).filter((text) => text !== null);
  const listed = (list: readonly string[]) => {
    const known = new Set(list.map(comparable));
    return texts.some((text) => known.has(text));
  };
  const inRange = (candidate: unknown) => {
    const number = numberOf(candidate);
    return (
      number !== null &&
      (atLeast === undefined || number >= atLeast) &&
      (below === undefined || number < below)
    );
  };
  return (
    (among === undefined || listed(among)) &&
    (notIn === undefined || !listed(notIn)) &&
    (contains === undefined || texts.some((text) => text.includes(comparable(contains)))) &&
    ((atLeast === undefined && below === undefined) || values.some(inRange))
  );
}
