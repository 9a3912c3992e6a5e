import type { EntityManager } from 'typeorm';
import type { Policy } from '../domain/policy/policy.schema.js';
import {
  awardEntry,
  eventAwards,
  fitAwards,
  fitChanges,
  reversalEntry,
  standingFit,
} from '../domain/scoring/awards.js';
import { foldEntry } from '../domain/scoring/fold.js';
import type { ScoreEntry } from '../domain/scoring/score.js';
import type { Instant } from '../domain/time.js';
import type { StoredEvent } from './event-store.js';
import type { FieldValue } from './ingest.types.js';
import type { LockedLead } from './lead-store.js';
import { readEntries, saveEntries } from './score-store.js';

export interface ScoreChange {
  readonly events: readonly StoredEvent[];
  /** The lead's fields where they have changed, else null. */
  readonly fields: Readonly<Record<string, FieldValue>> | null;
  /** Opaque id of the update that changed the fields. */
  readonly cause: string;
  readonly now: Instant;
}

/** Writes what events and fields are worth into the lead's ledger, and folds it. */
export async function score(
  manager: EntityManager,
  lead: LockedLead,
  { scoring }: Policy,
  { events, fields, cause, now }: ScoreChange,
): Promise<LockedLead> {
  const entries: ScoreEntry[] = [];
  const context = (from: string) => ({
    n: lead.score.version + entries.length + 1,
    recorded: now,
    cause: from,
  });
  if (fields !== null) {
    const standing = await standingEntries(manager, lead, scoring);
    const { reverse, add } = fitChanges(standing, fitAwards(scoring, fields));
    for (const entry of reverse) entries.push(reversalEntry(entry, context(cause)));
    for (const award of add) entries.push(awardEntry(award, now, context(cause)));
  }
  for (const event of events) {
    for (const award of eventAwards(scoring, event)) {
      entries.push(awardEntry(award, event.occurredAt, context(event.eventId)));
    }
  }
  const folded = entries.reduce((state, entry) => foldEntry(state, entry, scoring), lead.score);
  return saveEntries(manager, { ...lead, score: folded }, entries);
}

async function standingEntries(
  manager: EntityManager,
  lead: LockedLead,
  scoring: Policy['scoring'],
): Promise<ScoreEntry[]> {
  if (lead.score.version === 0) return [];
  const rules = scoring.fit.map(({ id }) => id);
  return standingFit(scoring, await readEntries(manager, lead.journey.lead, rules));
}
