import type { ScoringPolicy } from '../policy/scoring.schema.js';
import type { Instant } from '../time.js';
import { type Award, awardEntry, eventAwards, fitAwards, reversalEntry, type ScoredEvent } from './awards.js';
import { foldLedger } from './fold.js';
import type { ScoreEntry, ScoreState } from './score.js';

/** What a lead's score is made of: all that is known of it, and the ledger as it stands. */
export interface ScoreSources {
  readonly entries: readonly ScoreEntry[];
  readonly events: readonly (ScoredEvent & { readonly eventId: string; readonly occurredAt: Instant })[];
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Rescored {
  /** What the ledger gets: reversals of what another policy gave, then what this one gives. */
  readonly entries: readonly ScoreEntry[];
  /** The whole ledger, folded with the half-lives of the new policy. */
  readonly state: ScoreState;
}

const MIGRATION = 'migration:';
/** What ledger entries name as their cause when another policy gave or took them. */
export const migrationCause = (migration: string): string => MIGRATION + migration;

/**
 * A lead's score as another policy gives it. Entries that both policies give stay, and what a policy took away
 * comes back as it was: so going back to the former policy gives the former score at every instant.
 * @param before the policy that gave the entries
 * @param cause {@link migrationCause}
 */
export function rescore(
  { entries, events, fields }: ScoreSources,
  before: ScoringPolicy,
  after: ScoringPolicy,
  { now, cause }: { readonly now: Instant; readonly cause: string },
): Rescored {
  const fitRules = new Set(before.fit.map(({ id }) => id));
  const standing = new Map<string, ScoreEntry[]>();
  for (const entry of standingEntries(entries)) {
    const key = fitRules.has(entry.rule) ? fitKey(entry) : eventKey(entry, entry.cause);
    standing.set(key, [...(standing.get(key) ?? []), entry]);
  }
  const missing: { award: Award; occurred: Instant; cause: string }[] = [];
  const want = (key: string, award: Award, occurred: Instant, from: string): void => {
    if (standing.get(key)?.shift() === undefined) missing.push({ award, occurred, cause: from });
  };
  const taken = takenByMigrations(entries);
  for (const award of fitAwards(after, fields)) {
    want(fitKey(award), award, taken.get(fitKey(award)) ?? now, cause);
  }
  for (const event of events) {
    for (const award of eventAwards(after, event)) {
      want(eventKey(award, event.eventId), award, event.occurredAt, event.eventId);
    }
  }
  const unwanted = [...standing.values()].flat().sort((a, b) => a.n - b.n);
  const written: ScoreEntry[] = [];
  const next = (from: string) => ({ n: entries.length + written.length + 1, recorded: now, cause: from });
  for (const entry of unwanted) written.push(reversalEntry(entry, next(cause)));
  for (const { award, occurred, cause: from } of missing)
    written.push(awardEntry(award, occurred, next(from)));
  return { entries: written, state: foldLedger([...entries, ...written], after) };
}

/** The entries of a ledger that count: not reversals, and not reversed. */
export function standingEntries(entries: readonly ScoreEntry[]): readonly ScoreEntry[] {
  const reversed = new Set(entries.map(({ reverses }) => reverses));
  return entries.filter(({ n, reverses }) => reverses === null && !reversed.has(n));
}

/** Since when a lead had what a migration took away, for each award whose newest entry was lost in this way. */
function takenByMigrations(entries: readonly ScoreEntry[]): ReadonlyMap<string, Instant> {
  const since = new Map<string, Instant>();
  const takers = new Map(entries.map(({ reverses, cause }) => [reverses, cause]));
  for (const entry of entries) {
    if (entry.reverses !== null) continue;
    if (takers.get(entry.n)?.startsWith(MIGRATION) === true) since.set(fitKey(entry), entry.occurred);
    else since.delete(fitKey(entry));
  }
  return since;
}

const fitKey = ({ rule, group, micro }: Award): string => JSON.stringify([rule, group, micro]);
const eventKey = ({ rule, group, micro }: Award, event: string): string =>
  JSON.stringify([rule, group, micro, event]);
