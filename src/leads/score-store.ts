import type { EntityManager } from 'typeorm';
import type { PendingWrites } from '../db/pending-writes.js';
import { SCORE_ENTRY, SCORE_STATE } from '../db/tables.js';
import { canonical } from '../domain/canonical.js';
import type { ScoreEntry } from '../domain/scoring/score.js';
import type { Instant } from '../domain/time.js';
import { linkHash } from '../journal/chain.js';
import type { LockedLead } from './lead-store.js';

/** What the chain of a lead's score entries is made of: lead and number are in it. */
export const scoreEntryBytes = (lead: string, entry: ScoreEntry): string => canonical({ lead, ...entry });

interface EntryRow {
  readonly lead_id: string;
  readonly n: number;
  readonly rule: string;
  readonly score_group: string;
  readonly micro: number;
  readonly occurred_at: Instant;
  readonly recorded_at: Instant;
  readonly cause: string;
  readonly reverses: number | null;
}

/** The ledgers of leads, or those of their entries that come from these rules. */
export async function readLedgers(
  manager: EntityManager,
  leads: readonly string[],
  rules: readonly string[] | null = null,
): Promise<ReadonlyMap<string, readonly ScoreEntry[]>> {
  const rows = await manager.query<EntryRow[]>(
    `select lead_id, n, rule, score_group, micro, occurred_at, recorded_at, cause, reverses
       from score_entry where lead_id = any($1) and ($2::text[] is null or rule = any($2)) order by lead_id, n`,
    [leads, rules],
  );
  const entries = new Map(leads.map((lead): [string, ScoreEntry[]] => [lead, []]));
  for (const row of rows) {
    entries.get(row.lead_id)?.push({
      n: row.n,
      rule: row.rule,
      group: row.score_group,
      micro: row.micro,
      occurred: row.occurred_at,
      recorded: row.recorded_at,
      cause: row.cause,
      reverses: row.reverses,
    });
  }
  return entries;
}

/** Appends what is new to the lead's ledger and saves `lead.score`, which it is folded into already. */
export const saveEntries = (
  writes: PendingWrites,
  lead: LockedLead,
  entries: readonly ScoreEntry[],
): LockedLead => (entries.length === 0 ? lead : saveLedger(writes, lead, entries));

/** The same where the fold may have changed without an entry: another policy has other half-lives. */
export function saveLedger(
  writes: PendingWrites,
  lead: LockedLead,
  entries: readonly ScoreEntry[],
): LockedLead {
  const id = lead.journey.lead;
  let scoreHead = lead.scoreHead;
  for (const entry of entries) {
    const prevHash = scoreHead;
    scoreHead = linkHash(prevHash, scoreEntryBytes(id, entry));
    const { n, rule, group, micro, occurred, recorded, cause, reverses } = entry;
    writes.insert(SCORE_ENTRY, {
      lead_id: id,
      n,
      rule,
      score_group: group,
      micro,
      occurred_at: occurred,
      recorded_at: recorded,
      cause,
      reverses,
      prev_hash: prevHash,
      hash: scoreHead,
    });
  }
  const { version, sums, lastEventAt } = lead.score;
  writes.insert(SCORE_STATE, {
    lead_id: id,
    version,
    sums: canonical(sums),
    last_event_at: lastEventAt,
    head_hash: scoreHead,
  });
  return { ...lead, scoreHead };
}
