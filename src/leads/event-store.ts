import type { EntityManager } from 'typeorm';
import type { PendingWrites } from '../db/pending-writes.js';
import { prepared } from '../db/prepared.js';
import { EVENT } from '../db/tables.js';
import type { Instant } from '../domain/time.js';
import { sortableId } from './ingest-identity.js';
import type { NewEvent } from './ingest.types.js';

/** An event with our own opaque id: what journal and score ledger name. */
export interface StoredEvent extends NewEvent {
  readonly eventId: string;
}

/**
 * Those of the events that did not come before, with their ids; from now on they are among the `seen`. Of an event
 * that comes twice the later one tells what it is.
 */
export function takeNew(
  seen: Set<string>,
  events: readonly NewEvent[],
  now: Instant,
): readonly StoredEvent[] {
  const byKey = new Map(events.map((event) => [keyOf(event), event]));
  const fresh = [...byKey].filter(([key]) => !seen.has(key));
  for (const [key] of fresh) seen.add(key);
  return fresh.map(([, event]) => ({ ...event, eventId: sortableId('ev', now) }));
}

/** Writes new events, in the order of their keys: who brings the same ones at once waits instead of dead-locking. */
export function insertEvents(
  writes: PendingWrites,
  events: readonly { readonly lead: string; readonly event: StoredEvent }[],
  now: Instant,
): void {
  const sorted = events.map((item) => ({ key: keyOf(item.event), ...item }));
  for (const { lead, event } of sorted.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    writes.insert(EVENT, {
      source: event.source,
      event_id: event.id,
      id: event.eventId,
      lead_id: lead,
      kind: event.kind,
      properties: event.properties,
      occurred_at: event.occurredAt,
      recorded_at: now,
    });
  }
}

/** The leads of those events that came before, by {@link keyOf}. */
export async function knownEvents(
  manager: EntityManager,
  events: readonly NewEvent[],
): Promise<ReadonlyMap<string, string>> {
  if (events.length === 0) return new Map();
  const rows = await prepared<{ source: string; id: string; lead: string }>(
    manager,
    `select e.source, e.event_id as id, e.lead_id as lead
       from unnest($1::text[], $2::text[]) as w (source, event_id) join event e using (source, event_id)`,
    [events.map(({ source }) => source), events.map(({ id }) => id)],
  );
  return new Map(rows.map((row) => [keyOf(row), row.lead]));
}

export const keyOf = ({ source, id }: { readonly source: string; readonly id: string }): string =>
  JSON.stringify([source, id]);
