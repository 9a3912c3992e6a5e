import type { Instant, Milliseconds } from '../time.js';

/** Where an event stands among all events of its lead: by time, then by its own source and id. */
export interface Place {
  readonly occurred: Instant;
  readonly source: string;
  readonly id: string;
}

/** Negative: `a` is before `b`. Only the same event stands at the same place. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.occurred !== b.occurred) return a.occurred - b.occurred;
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

/** Start of the UTC window of this length, counted from 1970, that the instant lies in. */
export const windowOf = (at: Instant, length: Milliseconds): Instant => Math.floor(at / length) * length;

/** How many of the places (in their order) are before this one. */
export function countBefore(places: readonly Place[], place: Place): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const candidate = places[middle];
    if (candidate !== undefined && comparePlaces(candidate, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
