import type { EntityManager } from 'typeorm';
import { inTransaction } from '../db/transaction.js';
import { awardEntry, reversalEntry, standingEntries } from '../domain/scoring/awards.js';
import { foldEntries } from '../domain/scoring/fold.js';
import { intentChanges, intentSince, surgesOf, type Surge } from '../domain/scoring/intent.js';
import { readScore } from '../domain/scoring/read.js';
import type { ScoreEntry } from '../domain/scoring/score.js';
import type { Instant } from '../domain/time.js';
import type { ScoringPolicy } from '../domain/policy/scoring.schema.js';
import { accountOf } from './account.js';
import { type ApplyTransaction, withWrites } from './apply-transaction.js';
import { scoreBell } from './ingest-lead.js';
import type { IngestDeps } from './ingest.js';
import { leadsOfAccount, readAccountFields, readSignals } from './intent-store.js';
import { lockLead, saveLook, SCORE_COLUMNS, type ScoreColumns, toLead } from './lead-store.js';
import { readLedgers, saveEntries } from './score-store.js';

/** A job's worth. */
const LEADS_AT_ONCE = 100;

/** Scores what accounts look for: it is done by jobs, since one signal concerns every lead of its account. */
export interface IntentLooks {
  /** Looks at the next leads of an account; the last one's id where there are more. */
  account(account: string, after: string | null): Promise<string | null>;
  lead(lead: string): Promise<void>;
}

export function createIntentLooks(deps: IngestDeps): IntentLooks {
  const lead = (id: string): Promise<void> =>
    inTransaction(deps.dataSource, (manager) =>
      withWrites(deps, manager, (tx) => lookAtIntent(tx, id, deps.clock.now())),
    );
  return {
    lead,
    async account(account, after) {
      const leads = await leadsOfAccount(deps.dataSource.manager, account, after, LEADS_AT_ONCE);
      for (const id of leads) await lead(id);
      return leads.length < LEADS_AT_ONCE ? null : (leads.at(-1) ?? null);
    },
  };
}

/** Makes the entries of one lead say what its account's signals say now. */
async function lookAtIntent(tx: ApplyTransaction, id: string, now: Instant): Promise<void> {
  const row = await lockLead(tx.manager, id);
  if (row === null) return;
  // Read after the lock: who came before has written.
  const before = toLead(row, await readScoreColumns(tx.manager, id));
  const policy = await tx.policies.byHash(tx.manager, before.journey.policy);
  const { scoring } = policy;
  const rules = scoring.intent ?? [];
  if (rules.length === 0) return;
  const ids = rules.map((rule) => rule.id);
  const known = (await readLedgers(tx.manager, [id], ids)).get(id) ?? [];
  const surges = await surgesFor(tx.manager, id, scoring, now);
  const { reverse, add } = intentChanges(scoring, standingEntries(rules, known), surges, now);
  const entries: ScoreEntry[] = [];
  const context = (cause: string) => ({ n: before.score.version + entries.length + 1, recorded: now, cause });
  for (const entry of reverse) entries.push(reversalEntry(entry, context(entry.cause)));
  for (const { cause, occurred, ...award } of add) entries.push(awardEntry(award, occurred, context(cause)));
  if (entries.length === 0) return;
  const score = foldEntries(before.score, entries, scoring);
  const after = saveEntries(tx.writes, { ...before, score }, entries);
  saveLook(tx.writes, after, readScore(score, now, scoring).total);
  const bell = scoreBell(before, after, policy, now);
  if (bell !== null) tx.jobs.push({ name: 'ring', payload: { leadId: id, bell } });
}

async function surgesFor(
  manager: EntityManager,
  lead: string,
  scoring: ScoringPolicy,
  now: Instant,
): Promise<readonly Surge[]> {
  const account = accountOf(await readAccountFields(manager, lead));
  const since = intentSince(scoring, now);
  if (account === null || since === null) return [];
  return surgesOf(scoring, await readSignals(manager, account, since), now);
}

async function readScoreColumns(manager: EntityManager, lead: string): Promise<ScoreColumns | undefined> {
  const rows = await manager.query<ScoreColumns[]>(
    `select ${SCORE_COLUMNS} from score_state s where s.lead_id = $1`,
    [lead],
  );
  return rows[0];
}
