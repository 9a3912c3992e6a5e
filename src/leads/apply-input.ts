import { decide } from '../domain/journey/decide.js';
import type { Outcome, RecordedFact } from '../domain/journey/decision.js';
import type { Input } from '../domain/journey/inputs.js';
import type { Refusal } from '../domain/journey/refusals.js';
import type { Row } from '../domain/journey/row.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import type { Instant } from '../domain/time.js';
import { Answers } from './apply-answers.js';
import { scoreCriteria } from './apply-criteria.js';
import { recordRow } from './apply-record.js';
import { countRefusal } from './apply-refusals.js';
import { JournalConflict, type ApplyTransaction } from './apply-transaction.js';
import { inputAt } from './apply-wake.js';
import type { WaitingInput } from './inbox-store.js';
import type { LockedLead } from './lead-store.js';

/** What one input came to. The lead's own columns are the caller's to save. */
export interface Applied {
  readonly lead: LockedLead;
  /** Null: nothing changed, or a refusal was only counted. */
  readonly row: Row | null;
  readonly refusal: Refusal | null;
}

/** A journey asks for a routing or two; more is a circle. */
const MOST_QUESTIONS = 20;

/** Lets one input decide and writes its row with all that follows; the lead is locked. */
export async function applyInput(
  tx: ApplyTransaction,
  lead: LockedLead,
  waiting: WaitingInput,
  at: Instant,
  answers?: Answers,
): Promise<Applied> {
  const hash = policyHashFor(lead, waiting);
  const policy = await tx.policies.byHash(tx.manager, hash);
  const input = inputAt(waiting, lead, policy, at);
  const desk = answers ?? answersFor(tx, lead, policy, at, input.kind === 'hand_raised');
  const { outcome, facts } = await decideWith(desk, lead, input, policy);
  if (outcome.type === 'nothing') return { lead, row: null, refusal: null };

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
  const recorded = await recordRow(tx, lead, {
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
): Answers => new Answers(tx, lead.journey, policy, at, urgent);

/** A journey keeps its policy; the one that it starts with comes with its capture. */
function policyHashFor({ journey }: LockedLead, waiting: WaitingInput): string {
  if (journey.policy !== '') return journey.policy;
  if (waiting.kind === 'captured') return waiting.body.policy;
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
