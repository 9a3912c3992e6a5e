import type { EntityManager } from 'typeorm';
import { instantParam } from '../db/column-types.js';
import type { Instant } from '../domain/time.js';
import { sortableId } from './ingest-identity.js';
import type { NewEvent } from './ingest.types.js';

/** An event with our own opaque id: what journal and score ledger name. */
export interface StoredEvent extends NewEvent {
  readonly eventId: string;
}

/** Inserts events; those that came before are left out of what is returned. */
export async function insertEvents(
  manager: EntityManager,
  lead: string,
  events: readonly NewEvent[],
  now: Instant,
): Promise<readonly StoredEvent[]> {
  if (events.length === 0) return [];
  const fresh = new Map(
    events.map((event): [string, StoredEvent] => [
      keyOf(event),
      { ...event, eventId: sortableId('ev', now) },
    ]),
  );
  const rows = [...fresh.values()];
  const inserted = await manager.query<{ source: string; event_id: string }[]>(
    `insert into event (source, event_id, id, lead_id, kind, properties, occurred_at, recorded_at)
     select source, event_id, id, $1, kind, properties::jsonb, occurred_at, $2
       from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
         as e (source, event_id, id, kind, properties, occurred_at)
     on conflict (source, event_id) do nothing returning source, event_id`,
    [
      lead,
      instantParam(now),
      rows.map(({ source }) => source),
      rows.map(({ id }) => id),
      rows.map(({ eventId }) => eventId),
      rows.map(({ kind }) => kind),
      rows.map(({ properties }) => JSON.stringify(properties)),
      rows.map(({ occurredAt }) => instantParam(occurredAt)),
    ],
  );
  const kept = new Set(inserted.map(({ source, event_id: id }) => keyOf({ source, id })));
  return rows.filter((event) => kept.has(keyOf(event)));
}

/** The leads of those events that came before, by {@link keyOf}. */
export async function knownEvents(
  manager: EntityManager,
  events: readonly NewEvent[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await manager.query<{ source: string; id: string; lead: string }[]>(
    `select source, event_id as id, lead_id as lead from event
      where (source, event_id) in (select * from unnest($1::text[], $2::text[]))`,
    [events.map(({ source }) => source), events.map(({ id }) => id)],
  );
  return new Map(rows.map((row) => [keyOf(row), row.lead]));
}

export const keyOf = ({ source, id }: { readonly source: string; readonly id: string }): string =>
  JSON.stringify([source, id]);
