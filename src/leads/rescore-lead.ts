import type { EntityManager } from 'typeorm';
import type { Journey } from '../domain/journey/journey.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { answersOf } from '../domain/qualification/criteria.js';
import { type Rescored, rescore, type ScoreSources } from '../domain/scoring/rescore.js';
import type { Instant } from '../domain/time.js';
import type { ApplyTransaction } from './apply-transaction.js';
import type { LockedLead } from './lead-store.js';
import { accountOf } from './account.js';
import { readAllSignals } from './intent-store.js';
import { fieldsOf, type Person, readPeople, scoredFields } from './profile-store.js';
import { readLedgers } from './score-store.js';
import { saveWindows } from './window-store.js';

/** What is stored of a lead that scores are made of; what sales found out is in its journey. */
export type StoredSources = Omit<ScoreSources, 'criteria' | 'fields'> & { readonly person: Person };

/** What the score of a lead is made of under a policy. */
export const sourcesUnder = (
  { person, ...stored }: StoredSources,
  { criteria }: Journey,
  policy: Policy,
): ScoreSources => ({ ...stored, fields: fieldsOf(person, policy), criteria: answersOf(criteria) });

/** What the scores of leads are made of, by lead. */
export async function readScoreSources(
  manager: EntityManager,
  leads: readonly string[],
): Promise<ReadonlyMap<string, StoredSources>> {
  const ledgers = await readLedgers(manager, leads);
  const events = await manager.query<EventRow[]>(
    `select lead_id as lead, id, source, event_id as "eventId", kind, properties, occurred_at as at from event
      where lead_id = any($1) order by lead_id, occurred_at, source, event_id`,
    [leads],
  );
  const byLead = new Map<string, EventRow[]>();
  for (const event of events) {
    const known = byLead.get(event.lead);
    if (known === undefined) byLead.set(event.lead, [event]);
    else known.push(event);
  }
  const people = await readPeople(manager, leads);
  const accounts = new Map(
    // As the lead itself says: leads are found by it.
    [...people].map(([lead, { profile, origin }]) => [lead, accountOf(scoredFields(profile, origin))]),
  );
  const signals = await readAllSignals(
    manager,
    [...accounts.values()].filter((account) => account !== null),
  );
  return new Map(
    [...people].map(([lead, person]) => [
      lead,
      {
        entries: ledgers.get(lead) ?? [],
        events: (byLead.get(lead) ?? []).map(({ id, source, eventId, kind, properties, at }) => ({
          ...{ eventId: id, source, id: eventId, kind, properties: properties ?? {}, occurredAt: at },
        })),
        person,
        signals: signals.get(accounts.get(lead) ?? '') ?? [],
      },
    ]),
  );
}

/** The score of one lead as the policy `after` gives it; nothing is written. */
export async function rescoreLead(
  manager: EntityManager,
  { journey }: LockedLead,
  [before, after]: readonly [Policy, Policy],
  { now, cause }: { readonly now: Instant; readonly cause: string },
): Promise<Rescored> {
  const { lead } = journey;
  const stored = (await readScoreSources(manager, [lead])).get(lead);
  if (stored === undefined) throw new Error(`there is no lead ${lead}`);
  return rescore(sourcesUnder(stored, journey, after), before.scoring, after.scoring, { now, cause });
}

interface EventRow {
  readonly lead: string;
  readonly id: string;
  /** As the system calls it that it came from. */
  readonly source: string;
  readonly eventId: string;
  readonly kind: string;
  /** Null where the person was erased. */
  readonly properties: Readonly<Record<string, unknown>> | null;
  readonly at: Instant;
}

/** Windows and steps of another policy take the place of those of the one before. */
export async function replaceWindows(
  { manager, writes }: ApplyTransaction,
  lead: string,
  windows: Rescored['windows'],
): Promise<void> {
  await manager.query('delete from score_window where lead_id = $1', [lead]);
  await manager.query('delete from score_step where lead_id = $1', [lead]);
  saveWindows(writes, lead, windows);
}
