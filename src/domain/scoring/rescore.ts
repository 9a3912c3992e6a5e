import type { ScoringPolicy } from '../policy/scoring.schema.js';
import type { Instant } from '../time.js';
import {
  awardEntry,
  criterionAwards,
  eventAwards,
  fieldAwards,
  fieldRules,
  reversalEntry,
} from './awards.js';
import { foldLedger } from './fold.js';
import { type IntentSignal, intentUnder } from './intent.js';
import type { Award } from './rules.js';
import type { ScoreEntry, ScoreState } from './score.js';
import { type LeadEvent, NOTHING_KNOWN, type Standing, type StepPlace, windowAwards } from './windows.js';

/** What a lead's score is made of: all that is known of it, and the ledger as it stands. */
export interface ScoreSources {
  readonly entries: readonly ScoreEntry[];
  readonly events: readonly LeadEvent[];
  readonly fields: Readonly<Record<string, unknown>>;
  /** What the lead's account looked for elsewhere. */
  readonly signals: readonly IntentSignal[];
  /** What sales found out, by criterion. */
  readonly criteria: Readonly<Record<string, 'confirmed' | 'lost' | 'unknown'>>;
}

export interface Rescored {
  /** What the ledger gets: reversals of what another policy gave, then what this one gives. */
  readonly entries: readonly ScoreEntry[];
  /** The whole ledger, folded with the half-lives of the new policy. */
  readonly state: ScoreState;
  /** All windows and steps of the new policy: they take the place of the former ones. */
  readonly windows: { readonly steps: readonly StepPlace[]; readonly standing: readonly Standing[] };
}

const MIGRATION = 'migration:';
/** What ledger entries name as their cause when another policy gave or took them. */
export const migrationCause = (migration: string): string => MIGRATION + migration;

/** An award that the new policy gives. */
interface Wanted {
  readonly award: Award;
  readonly occurred: Instant;
  readonly cause: string;
  /** The entry that stands already; null: one is to be written. */
  readonly entry: ScoreEntry | null;
}

/**
 * A lead's score as another policy gives it. Entries that both policies give stay, and what a policy took away
 * comes back as it was: so going back to the former policy gives the former score at every instant.
 * @param before the policy that gave the entries
 * @param cause {@link migrationCause}
 */
export function rescore(
  { entries, events, fields, signals, criteria }: ScoreSources,
  before: ScoringPolicy,
  after: ScoringPolicy,
  { now, cause }: { readonly now: Instant; readonly cause: string },
): Rescored {
  const ofLead = new Set([...fieldRules(before), ...(before.criteria ?? [])].map(({ id }) => id));
  const standing = new Map<string, ScoreEntry[]>();
  for (const entry of standingLedger(entries)) {
    const key = ofLead.has(entry.rule) ? leadKey(entry) : eventKey(entry, entry.cause);
    standing.set(key, [...(standing.get(key) ?? []), entry]);
  }
  const taken = takenByMigrations(entries);
  const ofFields = (award: Award): Wanted => {
    const entry = standing.get(leadKey(award))?.shift() ?? null;
    return { award, occurred: taken.get(leadKey(award)) ?? now, cause, entry };
  };
  const ofEvent = (award: Award, occurred: Instant, eventId: string): Wanted => {
    const entry = standing.get(eventKey(award, eventId))?.shift() ?? null;
    return { award, occurred, cause: eventId, entry };
  };
  const { awards: inWindows, steps } = windowAwards(after, events, NOTHING_KNOWN);
  const single = [
    ...fieldAwards(after, fields).map(ofFields),
    ...criterionAwards(after, criteria).map(ofFields),
    ...events.flatMap((event) =>
      eventAwards(after, event).map((award) => ofEvent(award, event.occurredAt, event.eventId)),
    ),
    ...intentUnder(after, givenEver(entries), signals, now).map(
      ({ rule, group, micro, occurred, cause: from }) => ofEvent({ rule, group, micro }, occurred, from),
    ),
  ];
  const windowed = inWindows.map(({ rule, group, micro, place, eventId }) =>
    ofEvent({ rule, group, micro }, place.occurred, eventId),
  );

  const written: ScoreEntry[] = [];
  const next = (from: string) => ({
    n: entries.length + written.length + 1,
    recorded: now,
    cause: from,
  });
  const unwanted = [...standing.values()].flat().sort((a, b) => a.n - b.n);
  for (const entry of unwanted) written.push(reversalEntry(entry, next(cause)));
  const entryOf = ({ award, occurred, cause: from, entry }: Wanted): ScoreEntry => {
    if (entry !== null) return entry;
    const added = awardEntry(award, occurred, next(from));
    written.push(added);
    return added;
  };
  single.forEach(entryOf);
  const stands = windowed.map(entryOf);
  return {
    entries: written,
    state: foldLedger([...entries, ...written], after),
    windows: {
      steps,
      standing: inWindows.flatMap(({ rule, window, place }, i) => {
        const entry = stands[i];
        return entry === undefined ? [] : [{ rule, window, place, entry }];
      }),
    },
  };
}

/** The entries of a ledger that count: not reversals, and not reversed. */
export function standingLedger(entries: readonly ScoreEntry[]): readonly ScoreEntry[] {
  const reversed = new Set(entries.map(({ reverses }) => reverses));
  return entries.filter(({ n, reverses }) => reverses === null && !reversed.has(n));
}

/** Since when a lead had what a migration took away, for each award whose newest entry was lost in this way. */
function takenByMigrations(entries: readonly ScoreEntry[]): ReadonlyMap<string, Instant> {
  const since = new Map<string, Instant>();
  const takers = new Map(entries.map(({ reverses, cause }) => [reverses, cause]));
  for (const entry of entries) {
    if (entry.reverses !== null) continue;
    if (takers.get(entry.n)?.startsWith(MIGRATION) === true) since.set(leadKey(entry), entry.occurred);
    else since.delete(leadKey(entry));
  }
  return since;
}

/** Entries that stand, or that would if it were not for a migration; of one cause the newest. */
function givenEver(entries: readonly ScoreEntry[]): readonly ScoreEntry[] {
  const given = new Map<string, ScoreEntry>();
  const takers = new Map(entries.map(({ reverses, cause }) => [reverses, cause]));
  for (const entry of entries) {
    if (entry.reverses !== null) continue;
    const taker = takers.get(entry.n);
    const key = eventKey(entry, entry.cause);
    if (taker === undefined || taker.startsWith(MIGRATION)) given.set(key, entry);
    else given.delete(key);
  }
  return [...given.values()];
}

const leadKey = ({ rule, group, micro }: Award): string => JSON.stringify([rule, group, micro]);
const eventKey = ({ rule, group, micro }: Award, event: string): string =>
  JSON.stringify([rule, group, micro, event]);
