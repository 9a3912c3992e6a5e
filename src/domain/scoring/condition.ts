import type { Condition } from '../policy/schema-parts.js';
import { found } from './pattern.js';

const NUMBER = /^[+-]?[0-9]+(\.[0-9]+)?$/;

/** How values are compared: without case and surrounding space; a number or yes/no by its usual text. */
const comparable = (text: string): string => text.trim().toLowerCase();

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return comparable(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return null;
}

/** A value as a number: itself, or a text that is a plain decimal number. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string' && NUMBER.test(value.trim())) return Number(value);
  return null;
}

const isUnknown = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.every(isUnknown));

/** One part of a condition, ready to be asked of many values. */
type Part = (values: readonly unknown[], texts: readonly string[]) => boolean;

/** The parts of a condition but for `present`. */
function partsOf({ in: among, notIn, atLeast, below, contains, matches }: Condition): Part[] {
  const parts: Part[] = [];
  const listed = (list: readonly string[]) => {
    const known = new Set(list.map(comparable));
    return (texts: readonly string[]) => texts.some((text) => known.has(text));
  };
  if (among !== undefined) {
    const isListed = listed(among);
    parts.push((_, texts) => isListed(texts));
  }
  if (notIn !== undefined) {
    const isListed = listed(notIn);
    parts.push((_, texts) => !isListed(texts));
  }
  if (contains !== undefined) {
    const wanted = comparable(contains);
    parts.push((_, texts) => texts.some((text) => text.includes(wanted)));
  }
  if (matches !== undefined) parts.push((_, texts) => texts.some((text) => found(matches, text)));
  if (atLeast !== undefined || below !== undefined) {
    const inRange = (candidate: unknown) => {
      const number = numberOf(candidate);
      return (
        number !== null &&
        (atLeast === undefined || number >= atLeast) &&
        (below === undefined || number < below)
      );
    };
    parts.push((values) => values.some(inRange));
  }
  return parts;
}

const known = new WeakMap<Condition, readonly Part[]>();

/** A policy's conditions are asked of every event: what can be prepared is prepared once. */
function prepared(condition: Condition): readonly Part[] {
  const parts = known.get(condition) ?? partsOf(condition);
  known.set(condition, parts);
  return parts;
}

/**
 * Whether a value fulfils every part of a condition. Unknown (undefined, null, empty text, empty list) fulfils
 * only `present: false`. Of a list, one element must fulfil a positive part and none may be in `notIn`.
 */
export function holds(condition: Condition, value: unknown): boolean {
  const parts = prepared(condition);
  if (isUnknown(value)) return condition.present === false && parts.length === 0;
  if (condition.present === false) return false;
  if (parts.length === 0) return true;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = values.map(textOf).filter((text) => text !== null);
  return parts.every((part) => part(values, texts));
}
