import type { ScoringPolicy } from '../policy/scoring.schema.js';
import type { Instant } from '../time.js';
import { awardEntry, eventAwards, reversalEntry } from './awards.js';
import type { ScoreEntry } from './score.js';
import { type KnownWindows, type LeadEvent, type Standing, type StepPlace, windowAwards } from './windows.js';

export interface ScoredEvents {
  readonly entries: readonly ScoreEntry[];
  /** What stands in windows from now on, and where counts and sequences find these events. */
  readonly standing: readonly Standing[];
  readonly steps: readonly StepPlace[];
}

/**
 * The ledger entries that new events of a lead give, in the order of the events, then by windows.
 * @param version number of the newest entry so far
 * @param recorded when the events came in
 */
export function scoreEvents(
  scoring: ScoringPolicy,
  events: readonly LeadEvent[],
  windows: KnownWindows,
  version: number,
  recorded: Instant,
): ScoredEvents {
  const entries: ScoreEntry[] = [];
  const context = (cause: string) => ({ n: version + entries.length + 1, recorded, cause });
  for (const event of events) {
    const awards = eventAwards(scoring, event);
    for (const award of awards) entries.push(awardEntry(award, event.occurredAt, context(event.eventId)));
  }
  const { awards, steps } = windowAwards(scoring, events, windows);
  const standing: Standing[] = [];
  for (const { rule, group, micro, window, place, eventId, replaces } of awards) {
    if (replaces !== null) entries.push(reversalEntry(replaces, context(eventId)));
    const entry = awardEntry({ rule, group, micro }, place.occurred, context(eventId));
    entries.push(entry);
    standing.push({ rule, window, place, entry });
  }
  return { entries, standing, steps };
}
