import { decide } from '../domain/journey/decide.js';
import { decidingPolicy } from '../domain/journey/deciding-policy.js';
import type { Outcome, RecordedFact } from '../domain/journey/decision.js';
import type { Input } from '../domain/journey/inputs.js';
import type { Refusal } from '../domain/journey/refusals.js';
import type { Row } from '../domain/journey/row.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { migrationCause, type Rescored } from '../domain/scoring/rescore.js';
import type { Instant } from '../domain/time.js';
import { Answers } from './apply-answers.js';
import { scoreCriteria } from './apply-criteria.js';
import { recordRow } from './apply-record.js';
import { countRefusal } from './apply-refusals.js';
import { JournalConflict, type ApplyTransaction } from './apply-transaction.js';
import { inputAt } from './apply-wake.js';
import type { WaitingInput } from './inbox-store.js';
import type { LockedLead } from './lead-store.js';
import type { Fields } from './profile-store.js';
import { replaceWindows, rescoreLead } from './rescore-lead.js';
import { saveLedger } from './score-store.js';

/** What one input came to. The lead's own columns are the caller's to save. */
export interface Applied {
  readonly lead: LockedLead;
  /** Null: nothing changed, or a refusal was only counted. */
  readonly row: Row | null;
  readonly refusal: Refusal | null;
}

/** A journey asks for a routing or two; more is a circle. */
const MOST_QUESTIONS = 20;

/**
 * Lets one input decide and writes its row with all that follows; the lead is locked.
 * @param options `answers`: who answers, where somebody has taken locks already; `fields`: those of a lead whose
 *   profile is not stored yet
 */
export async function applyInput(
  tx: ApplyTransaction,
  current: LockedLead,
  waiting: WaitingInput,
  at: Instant,
  { answers, fields }: { readonly answers?: Answers; readonly fields?: Fields } = {},
): Promise<Applied> {
  const hash = policyHashFor(current, waiting);
  const policy = await tx.policies.byHash(tx.manager, hash);
  const { lead, rescoring } = await rescored(tx, current, hash, waiting, at);
  const input = inputAt(waiting, lead, policy, at);
  const desk = answers ?? answersFor(tx, lead, policy, at, input.kind === 'hand_raised', fields);
  const { outcome, facts } = await decideWith(desk, lead, input, policy);
  if (outcome.type === 'nothing') return { lead: current, row: null, refusal: null };

  if (outcome.type === 'refusal') {
    const { refusal } = outcome;
    const counted = countRefusal(lead.refusals, input, refusal);
    if (counted.flooded) {
      const suppressed = lead.suppressed + 1;
      return { lead: { ...lead, refusals: counted.refusals, suppressed }, row: null, refusal };
    }
    desk.save(false);
    const refused = { ...lead, refusals: counted.refusals };
    const recorded = await recordRow(tx, refused, { input, facts, policy: hash, result: { refusal } });
    return { ...recorded, refusal };
  }

  desk.save(true);
  const { transitions, effects } = outcome;
  const moved = rescoring === null ? lead : await saveRescored(tx, lead, rescoring);
  const recorded = await recordRow(tx, moved, {
    input,
    facts,
    policy: hash,
    result: { transitions, effects },
  });
  const scored = await scoreCriteria(tx, recorded.lead, recorded.row, policy);
  return { lead: scored, row: recorded.row, refusal: null };
}

export const answersFor = (
  tx: ApplyTransaction,
  lead: LockedLead,
  policy: Policy,
  at: Instant,
  urgent: boolean,
  fields?: Fields,
): Answers => new Answers(tx, lead.journey, policy, at, urgent, fields);

/** The lead as the policy that decides sees it. Another policy gives another score: then with what it writes. */
async function rescored(
  tx: ApplyTransaction,
  lead: LockedLead,
  hash: string,
  waiting: WaitingInput,
  now: Instant,
): Promise<{ readonly lead: LockedLead; readonly rescoring: Rescored | null }> {
  const { policy: before, pendingPolicy } = lead.journey;
  if (before === '' || before === hash) return { lead, rescoring: null };
  const policies = [
    await tx.policies.byHash(tx.manager, before),
    await tx.policies.byHash(tx.manager, hash),
  ] as const;
  const { migration } =
    waiting.kind === 'policy_migrated' ? waiting.body : (pendingPolicy ?? { migration: '' });
  const cause = migrationCause(migration);
  const rescoring = await rescoreLead(tx.manager, lead, policies, { now, cause });
  return { lead: { ...lead, score: rescoring.state }, rescoring };
}

async function saveRescored(
  tx: ApplyTransaction,
  lead: LockedLead,
  { entries, windows }: Rescored,
): Promise<LockedLead> {
  await replaceWindows(tx, lead.journey.lead, windows);
  return saveLedger(tx.writes, lead, entries);
}

function policyHashFor({ journey }: LockedLead, waiting: WaitingInput): string {
  const hash = decidingPolicy(journey, waiting);
  if (hash !== null) return hash;
  throw new JournalConflict(`lead ${journey.lead} has not been captured; ${waiting.kind} cannot come first`);
}

type Decided = Exclude<Outcome, { type: 'needs' }>;

async function decideWith(
  answers: Answers,
  { journey }: LockedLead,
  input: Input,
  policy: Policy,
): Promise<{ outcome: Decided; facts: readonly RecordedFact[] }> {
  const facts: RecordedFact[] = [];
  while (facts.length < MOST_QUESTIONS) {
    const outcome = decide(journey, input, facts, policy);
    if (outcome.type !== 'needs') return { outcome, facts };
    facts.push(await answers.answer(outcome.question));
  }
  throw new JournalConflict(`lead ${journey.lead}: input ${input.id} never stops asking`);
}
