import { canonical } from '../domain/canonical.js';
import { decidingPolicy } from '../domain/journey/deciding-policy.js';
import type { Outcome } from '../domain/journey/decision.js';
import { evolve } from '../domain/journey/evolve.js';
import { unborn, type Journey } from '../domain/journey/journey.js';
import type { Row } from '../domain/journey/row.js';
import { GENESIS } from '../journal/chain.js';
import { personalHash } from '../journal/evidence.js';
import { auditLink } from './audit-link.js';
import { auditLedger, auditScoreState, ScoreHistory } from './audit-score.js';
import type { Difference, Finding, FindingKind } from './finding.js';
import { firstDifference } from './first-difference.js';
import type { AuditSources, LeadRecords, StoredRow } from './lead-records.js';
import { parseRow } from './parse-row.js';
import { redecide } from './redecide.js';

/** What a lead's journal comes to when it is folded again from nothing. */
export interface AuditedJourney {
  /** The first difference; null when every row is what it must be. */
  readonly finding: Finding | null;
  /** The fold up to there. */
  readonly journey: Journey;
  /** The rows up to there. */
  readonly rows: readonly Row[];
}

/**
 * The second interpreter: folds a lead's rows through `decide` and compares with what was recorded. Pure: it
 * needs the records only, and gives the same answer on any machine, years later.
 */
export function auditJourney(records: LeadRecords, sources: AuditSources): AuditedJourney {
  const id = records.lead.id;
  const rows: Row[] = [];
  let journey = unborn(id);
  let head = GENESIS;
  const end = (difference: Difference | null): AuditedJourney => ({
    finding: difference === null ? null : { lead: id, ...difference },
    journey,
    rows,
  });

  const ledger = auditLedger(id, records.entries, records.score);
  if (ledger !== null) return end(ledger);
  const scores = new ScoreHistory(records.entries);
  for (const stored of records.rows) {
    const unlinked = auditStoredLink(stored, journey.seq + 1, head, sources);
    if (unlinked !== null) return end(unlinked);
    const parsed = parseRow(id, stored);
    if ('difference' in parsed) return end(parsed.difference);
    const { row } = parsed;
    const difference = auditRow(journey, row, stored, scores, sources);
    if (difference !== null) return end(difference);
    journey = evolve(journey, row);
    head = stored.hash;
    rows.push(row);
  }
  return end(auditCache(records, journey, head, sources));
}

function auditStoredLink(
  stored: StoredRow,
  seq: number,
  head: string,
  sources: AuditSources,
): Difference | null {
  if (stored.seq !== seq) {
    return {
      seq,
      kind: 'row_missing',
      what: 'journal',
      expected: `row ${seq}`,
      found: `row ${stored.seq} after row ${seq - 1}`,
    };
  }
  return auditLink('row', seq, head, stored.bytes, stored, (id) => sources.key(id));
}

function auditRow(
  journey: Journey,
  row: Row,
  stored: StoredRow,
  scores: ScoreHistory,
  sources: AuditSources,
): Difference | null {
  const { seq, input } = row;
  const differs = (kind: FindingKind, what: string, expected: string, found: string): Difference => ({
    seq,
    kind,
    what,
    expected,
    found,
  });
  if (input.at < journey.at) {
    return differs('time_goes_back', 'time of the row', `${iso(journey.at)} or later`, iso(input.at));
  }
  const expectedPolicy = decidingPolicy(journey, input) ?? '';
  if (row.policy !== expectedPolicy) {
    return differs('policy_differs', 'policy of the row', expectedPolicy, row.policy);
  }
  const policy = sources.policy(row.policy);
  if (policy === null) return differs('policy_missing', 'policy of the row', row.policy, 'nothing');
  const reading = scores.read(input.score.version, input.at, row.policy, policy);
  const score = firstDifference(reading, input.score);
  if (score !== null) return differs('score_differs', `score ${score.path}`, score.expected, score.found);
  const personal = auditPersonal(row, sources);
  if (personal !== null) return personal;

  let decided: ReturnType<typeof redecide>;
  try {
    decided = redecide(journey, row, policy, (hash) => sources.evidence(hash));
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return differs('result_differs', 'decision', 'one that the rules allow', found);
  }
  if ('difference' in decided) return decided.difference;
  const result = firstDifference(resultOf(decided.outcome), row.result);
  if (result !== null)
    return differs('result_differs', `result ${result.path}`, result.expected, result.found);

  const { deadlines } = evolve(journey, row);
  const clocks = firstDifference(deadlines, row.deadlines);
  if (clocks !== null) {
    return differs('deadlines_differ', `deadlines ${clocks.path}`, clocks.expected, clocks.found);
  }
  const again = canonical({ ...row, result: resultOf(decided.outcome), deadlines });
  return again === stored.bytes ? null : differs('bytes_differ', 'bytes of the row', again, stored.bytes);
}

function auditPersonal({ seq, input }: Row, sources: AuditSources): Difference | null {
  if (input.personal === null) return null;
  const evidence = sources.personal(input.personal);
  const what = 'personal evidence of the row';
  if (evidence === null) {
    return { seq, kind: 'evidence_missing', what, expected: input.personal, found: 'nothing' };
  }
  const hash = personalHash(evidence.salt, evidence.bytes);
  if (hash === input.personal) return null;
  return { seq, kind: 'evidence_differs', what, expected: input.personal, found: hash };
}

function resultOf(outcome: Outcome): Row['result'] | { readonly nothing: string } {
  switch (outcome.type) {
    case 'decision':
      return { transitions: outcome.transitions, effects: outcome.effects };
    case 'refusal':
      return { refusal: outcome.refusal };
    default:
      return { nothing: outcome.type };
  }
}

/** The cached state, the head of the chain and the cached score. */
function auditCache(
  { lead, entries, score, rows }: LeadRecords,
  journey: Journey,
  head: string,
  sources: AuditSources,
): Difference | null {
  const { seq } = journey;
  if (lead.seq > rows.length) {
    const expected = `row ${seq + 1}`;
    return { seq: seq + 1, kind: 'row_missing', what: 'journal', expected, found: 'the end of the journal' };
  }
  if (lead.headHash !== head) {
    const what = 'newest hash of the journal';
    return { seq, kind: 'head_differs', what, expected: head, found: lead.headHash };
  }
  if (lead.state !== canonical(journey)) {
    const parts = firstDifference(journey, parseOr(lead.state));
    return {
      seq,
      kind: 'state_differs',
      what: `cached state ${parts?.path ?? ''}`.trim(),
      expected: parts?.expected ?? canonical(journey),
      found: parts?.found ?? lead.state,
    };
  }
  const policy = sources.policy(journey.policy);
  return policy === null ? null : auditScoreState(entries, score, policy);
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const iso = (at: number): string => new Date(at).toISOString();
