import type { Row } from '../domain/journey/row.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { answersOf } from '../domain/qualification/criteria.js';
import {
  awardChanges,
  awardEntry,
  criterionAwards,
  reversalEntry,
  standingEntries,
} from '../domain/scoring/awards.js';
import { foldEntries } from '../domain/scoring/fold.js';
import type { ScoreEntry } from '../domain/scoring/score.js';
import type { ApplyTransaction } from './apply-transaction.js';
import type { LockedLead } from './lead-store.js';
import { readLedgers, saveEntries } from './score-store.js';

/**
 * Scores what sales found out, in the transaction of the row that says so: the entries of the former answer are
 * reversed. The row itself was decided with the score before.
 */
export async function scoreCriteria(
  tx: ApplyTransaction,
  lead: LockedLead,
  { input, result }: Row,
  { scoring }: Policy,
): Promise<LockedLead> {
  const rules = scoring.criteria ?? [];
  const isSet = 'transitions' in result && result.transitions.some(({ type }) => type === 'criterion_set');
  if (rules.length === 0 || !isSet) return lead;
  const id = lead.journey.lead;
  const ids = rules.map((rule) => rule.id);
  const known = lead.score.version === 0 ? [] : ((await readLedgers(tx.manager, [id], ids)).get(id) ?? []);
  const { reverse, add } = awardChanges(
    standingEntries(rules, known),
    criterionAwards(scoring, answersOf(lead.journey.criteria)),
  );
  const entries: ScoreEntry[] = [];
  const context = () => ({
    n: lead.score.version + entries.length + 1,
    recorded: input.at,
    cause: input.id,
  });
  for (const entry of reverse) entries.push(reversalEntry(entry, context()));
  for (const award of add) entries.push(awardEntry(award, input.occurred ?? input.at, context()));
  const score = foldEntries(lead.score, entries, scoring);
  return saveEntries(tx.writes, { ...lead, score }, entries);
}
