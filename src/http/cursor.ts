import { InvalidInput } from '../faults.js';

/** No instant, row number or rank is beyond this (the year 2200). */
const MAX_PLACE = 7_258_118_400_000;

/** An opaque place in a list: the values by which the list is ordered, of the last item that was seen. */
export const encodeCursor = (place: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/** @throws InvalidInput when this is no cursor of a list that is ordered by values of these types. */
export function decodeCursor(
  cursor: string,
  types: readonly ('string' | 'number')[],
): readonly (string | number)[] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(place) && place.length === types.length) {
      const parts = place.filter(isPlain);
      if (types.every((type, i) => typeof parts[i] === type)) return parts;
    }
  } catch {
    // Falls through to the one message for all of them.
  }
  throw new InvalidInput([
    { path: '/cursor', message: 'is no cursor of this list; take `next` from an answer as it is' },
  ]);
}

/** The cursor of a list that is ordered by one number; null without a cursor. */
export function numberCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  const [place] = decodeCursor(cursor, ['number']);
  return Number(place);
}

/** The cursor of a list that is ordered by one text; null without a cursor. */
export function textCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const [place] = decodeCursor(cursor, ['string']);
  return String(place);
}

const isPlain = (value: unknown): value is string | number =>
  (typeof value === 'string' && !value.includes('\0') && value.isWellFormed()) ||
  (typeof value === 'number' && value >= 0 && value <= MAX_PLACE && Number.isInteger(value));

/** One page: at most `limit` items, and the cursor of the next page or null. Hand in one row more than the limit. */
export function page<T>(
  rows: readonly T[],
  limit: number,
  place: (row: T) => readonly (string | number)[],
): { items: readonly T[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(place(last)) : null };
}
