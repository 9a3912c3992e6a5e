import { MINUTE, type Instant } from '../domain/time.js';
import type { IngestFault, LeadCapture, LeadEvent, LeadKeys, NewEvent } from './ingest.types.js';

/** Clocks of other systems differ a little; what is further ahead is a mistake. */
const MOST_AHEAD = 5 * MINUTE;

/** What a batch row is about, whether it came as a lead or as an event. */
export interface Arrival {
  readonly index: number;
  readonly keys: LeadKeys;
  /** Absent for an event: it tells nothing of the lead's profile. */
  readonly capture: Omit<LeadCapture, 'keys' | 'events'> | null;
  readonly events: readonly NewEvent[];
}

export const fromCapture = (
  { keys, events = [], ...capture }: LeadCapture,
  index: number,
  now: Instant,
): Arrival => ({ index, keys, capture, events: events.map((event) => ({ occurredAt: now, ...event })) });

export const fromEvent = ({ lead, ...event }: LeadEvent, index: number, now: Instant): Arrival => ({
  index,
  keys: lead,
  capture: null,
  events: [{ occurredAt: now, ...event }],
});

/** The first thing that is wrong with a row by itself; null when nothing is. */
export function faultOf({ keys, capture, events }: Arrival, now: Instant): IngestFault | null {
  if (keys.id === undefined && keys.email === undefined && (keys.externalIds ?? []).length === 0) {
    return fault('no_keys', '', 'name the lead by id, external id or e-mail');
  }
  const instants: [string, Instant | undefined][] = [
    ['/occurredAt', capture?.occurredAt],
    ...events.map((event, i): [string, Instant] => [
      capture === null ? '/occurredAt' : `/events/${i}/occurredAt`,
      event.occurredAt,
    ]),
  ];
  for (const [path, at] of instants) {
    if (at !== undefined && at > now + MOST_AHEAD) {
      return fault('in_the_future', path, 'this is more than five minutes ahead of our clock');
    }
  }
  return textFault(capture === null ? { lead: keys, ...events[0] } : { ...capture, keys, events });
}

/** The same for a signal of an account. */
export function faultOfSignal(signal: NewEvent, now: Instant): IngestFault | null {
  if (signal.occurredAt > now + MOST_AHEAD) {
    return fault('in_the_future', '/occurredAt', 'this is more than five minutes ahead of our clock');
  }
  return textFault(signal);
}

function textFault(row: unknown): IngestFault | null {
  const malformed = malformedText(row);
  return malformed === null
    ? null
    : fault('malformed_text', malformed, 'this text has a NUL character or half of a surrogate pair');
}

const fault = (code: IngestFault['code'], path: string, detail: string): IngestFault => ({
  code,
  path,
  detail,
});

/** Path of the first text that PostgreSQL or canonical JSON cannot hold. */
function malformedText(value: unknown, path = ''): string | null {
  if (typeof value === 'string') return isStorable(value) ? null : path;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, part] of Object.entries(value)) {
    const found = isStorable(key) ? malformedText(part, `${path}/${key}`) : path;
    if (found !== null) return found;
  }
  return null;
}

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000');
