import type { Policy } from '../domain/policy/policy.schema.js';
import {
  awardEntry,
  fieldAwards,
  fieldRules,
  awardChanges,
  reversalEntry,
  standingEntries,
} from '../domain/scoring/awards.js';
import { foldEntries } from '../domain/scoring/fold.js';
import { scoreEvents } from '../domain/scoring/score-events.js';
import type { ScoreEntry } from '../domain/scoring/score.js';
import type { KnownWindows } from '../domain/scoring/windows.js';
import type { Instant } from '../domain/time.js';
import type { StoredEvent } from './event-store.js';
import type { FieldValue } from './ingest.types.js';
import type { LockedLead } from './lead-store.js';
import type { WindowRows } from './window-store.js';

export interface ScoreChange {
  readonly events: readonly StoredEvent[];
  /** What the events' neighbours and windows were before. */
  readonly windows: KnownWindows;
  /** The lead's fields where they have changed, else null. */
  readonly fields: Readonly<Record<string, FieldValue>> | null;
  /** The lead's entries of rules for fields; not looked at where no field has changed. */
  readonly fieldEntries: readonly ScoreEntry[];
  /** Opaque id of the update that changed the fields. */
  readonly cause: string;
  readonly now: Instant;
}

export interface Scored {
  /** With the entries folded in. */
  readonly lead: LockedLead;
  readonly entries: readonly ScoreEntry[];
  readonly windows: WindowRows;
}

/** What events and fields are worth: the entries that the lead's ledger gets. */
export function score(
  lead: LockedLead,
  { scoring }: Policy,
  { events, windows, fields, fieldEntries, cause, now }: ScoreChange,
): Scored {
  const entries: ScoreEntry[] = [];
  const context = (from: string) => ({
    n: lead.score.version + entries.length + 1,
    recorded: now,
    cause: from,
  });
  if (fields !== null) {
    const { reverse, add } = awardChanges(
      standingEntries(fieldRules(scoring), fieldEntries),
      fieldAwards(scoring, fields),
    );
    for (const entry of reverse) entries.push(reversalEntry(entry, context(cause)));
    for (const award of add) entries.push(awardEntry(award, now, context(cause)));
  }
  const fromEvents = scoreEvents(scoring, events, windows, lead.score.version + entries.length, now);
  entries.push(...fromEvents.entries);
  const folded = foldEntries(lead.score, entries, scoring);
  return { lead: { ...lead, score: folded }, entries, windows: fromEvents };
}
