import type { EntityManager } from 'typeorm';
import { instantParam, optionalInstantParam } from '../db/column-types.js';
import { canonical } from '../domain/canonical.js';
import type { ScoreEntry } from '../domain/scoring/score.js';
import type { Instant } from '../domain/time.js';
import { linkHash } from '../journal/chain.js';
import type { LockedLead } from './lead-store.js';

/** What the chain of a lead's score entries is made of: lead and number are in it. */
export const scoreEntryBytes = (lead: string, entry: ScoreEntry): string => canonical({ lead, ...entry });

interface EntryRow {
  readonly n: number;
  readonly rule: string;
  readonly score_group: string;
  readonly micro: number;
  readonly occurred_at: Instant;
  readonly recorded_at: Instant;
  readonly cause: string;
  readonly reverses: number | null;
}

/** A lead's ledger, or those of its entries that come from these rules. */
export async function readEntries(
  manager: EntityManager,
  lead: string,
  rules: readonly string[] | null = null,
): Promise<readonly ScoreEntry[]> {
  const rows = await manager.query<EntryRow[]>(
    `select n, rule, score_group, micro, occurred_at, recorded_at, cause, reverses
       from score_entry where lead_id = $1 and ($2::text[] is null or rule = any($2)) order by n`,
    [lead, rules],
  );
  return rows.map((row) => ({
    n: row.n,
    rule: row.rule,
    group: row.score_group,
    micro: row.micro,
    occurred: row.occurred_at,
    recorded: row.recorded_at,
    cause: row.cause,
    reverses: row.reverses,
  }));
}

/** Appends entries to the lead's ledger and saves `lead.score`, which they are folded into already. */
export async function saveEntries(
  manager: EntityManager,
  lead: LockedLead,
  entries: readonly ScoreEntry[],
): Promise<LockedLead> {
  if (entries.length === 0) return lead;
  const id = lead.journey.lead;
  let scoreHead = lead.scoreHead;
  const links = entries.map((entry) => {
    const prevHash = scoreHead;
    scoreHead = linkHash(prevHash, scoreEntryBytes(id, entry));
    return { prevHash, hash: scoreHead };
  });
  await manager.query(
    `insert into score_entry (lead_id, n, rule, score_group, micro, occurred_at, recorded_at, cause, reverses,
                              prev_hash, hash)
     select $1, * from unnest($2::int[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[],
                              $7::timestamptz[], $8::text[], $9::int[], $10::text[], $11::text[])`,
    [
      id,
      entries.map(({ n }) => n),
      entries.map(({ rule }) => rule),
      entries.map(({ group }) => group),
      entries.map(({ micro }) => micro),
      entries.map(({ occurred }) => instantParam(occurred)),
      entries.map(({ recorded }) => instantParam(recorded)),
      entries.map(({ cause }) => cause),
      entries.map(({ reverses }) => reverses),
      links.map(({ prevHash }) => prevHash),
      links.map(({ hash }) => hash),
    ],
  );
  const { version, sums, lastEventAt } = lead.score;
  await manager.query(
    `insert into score_state (lead_id, version, sums, last_event_at, head_hash) values ($1, $2, $3, $4, $5)
     on conflict (lead_id) do update
       set version = excluded.version, sums = excluded.sums, last_event_at = excluded.last_event_at,
           head_hash = excluded.head_hash`,
    [id, version, canonical(sums), optionalInstantParam(lastEventAt), scoreHead],
  );
  return { ...lead, scoreHead };
}
