import type { PendingWrites } from '../db/pending-writes.js';
import { LEAD_FACT } from '../db/tables.js';
import { newestFacts, type SourcedFact } from '../domain/enrichment/effective.js';
import type { Instant } from '../domain/time.js';
import type { StoredEvent } from './event-store.js';

/** The kind of events that bring facts: each property is a field, null one of which the source knows nothing more. */
export const ENRICHMENT = 'enrichment';

/** The facts that new events bring, the newest of each source and field. */
export const factsIn = (events: readonly StoredEvent[], now: Instant): readonly SourcedFact[] =>
  newestFacts(
    events
      .filter(({ kind }) => kind === ENRICHMENT)
      .flatMap(({ source, id, occurredAt, properties }) =>
        Object.entries(properties).map(([field, value]) => ({
          ...{ field, source, value, event: id, occurred: occurredAt, recorded: now },
        })),
      ),
  );

/** The facts of a lead as one JSON value, in a query in which `lead` is its id. */
export const factsSql = (lead: string): string =>
  `(select jsonb_agg(jsonb_build_object('field', f.field, 'source', f.source, 'value', f.value, 'event', f.event_id,
             'occurred', round(extract(epoch from f.occurred_at) * 1000)::bigint,
             'recorded', round(extract(epoch from f.recorded_at) * 1000)::bigint))
      from lead_fact f where f.lead_id = ${lead})`;

/** Null: there are none. */
export type FactsColumn = readonly SourcedFact[] | null;

/** Writes facts that are the newest of their source and field. */
export function saveFacts(writes: PendingWrites, lead: string, facts: readonly SourcedFact[]): void {
  for (const { field, source, value, occurred, event, recorded } of facts) {
    writes.insert(LEAD_FACT, {
      ...{ lead_id: lead, field, source, value },
      ...{ occurred_at: occurred, event_id: event, recorded_at: recorded },
    });
  }
}
