import type { Instant } from '../domain/time.js';

/** An instant as the API writes it. */
export const isoOf = (at: Instant): string => new Date(at).toISOString();
export const isoOrNull = (at: Instant | null): string | null => (at === null ? null : isoOf(at));
