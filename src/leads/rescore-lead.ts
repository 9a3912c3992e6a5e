import type { EntityManager } from 'typeorm';
import type { Policy } from '../domain/policy/policy.schema.js';
import { type Rescored, rescore, type ScoreSources } from '../domain/scoring/rescore.js';
import type { Instant } from '../domain/time.js';
import { readFields } from './profile-store.js';
import { readLedgers } from './score-store.js';

/** What the scores of leads are made of, by lead. */
export async function readScoreSources(
  manager: EntityManager,
  leads: readonly string[],
): Promise<ReadonlyMap<string, ScoreSources>> {
  const ledgers = await readLedgers(manager, leads);
  const events = await manager.query<EventRow[]>(
    `select lead_id as lead, id, kind, properties, occurred_at as at from event
      where lead_id = any($1) order by lead_id, occurred_at, source, event_id`,
    [leads],
  );
  const byLead = new Map<string, EventRow[]>();
  for (const event of events) {
    const known = byLead.get(event.lead);
    if (known === undefined) byLead.set(event.lead, [event]);
    else known.push(event);
  }
  const people = await readFields(manager, leads);
  return new Map(
    [...people].map(([lead, fields]) => [
      lead,
      {
        entries: ledgers.get(lead) ?? [],
        events: (byLead.get(lead) ?? []).map(({ id, kind, properties, at }) => ({
          ...{ eventId: id, kind, properties: properties ?? {}, occurredAt: at },
        })),
        fields,
      },
    ]),
  );
}

/** The score of one lead as the policy `after` gives it; nothing is written. */
export async function rescoreLead(
  manager: EntityManager,
  lead: string,
  [before, after]: readonly [Policy, Policy],
  { now, cause }: { readonly now: Instant; readonly cause: string },
): Promise<Rescored> {
  const sources = (await readScoreSources(manager, [lead])).get(lead);
  if (sources === undefined) throw new Error(`there is no lead ${lead}`);
  return rescore(sources, before.scoring, after.scoring, { now, cause });
}

interface EventRow {
  readonly lead: string;
  readonly id: string;
  readonly kind: string;
  /** Null where the person was erased. */
  readonly properties: Readonly<Record<string, unknown>> | null;
  readonly at: Instant;
}
