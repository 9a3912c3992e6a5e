import { firstDue } from '../domain/journey/decide.js';
import { SYSTEM } from '../domain/journey/inputs.js';
import type { Answer, ApplyRequest, ApplyResult } from '../domain/journey/apply.types.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { readScore } from '../domain/scoring/read.js';
import type { Instant } from '../domain/time.js';
import { answersFor, applyInput, type Applied } from './apply-input.js';
import { answerOf, resultOf } from './apply-result.js';
import { JournalConflict, type ApplyTransaction } from './apply-transaction.js';
import { caresAbout, looksAt, looksWouldChange, nextWakeUp, timerInput, type WakeUp } from './apply-wake.js';
import { closeInbox, readWaiting, type InboxView, type WaitingInput } from './inbox-store.js';
import { lockLead, saveLead, saveLook, toLead, type LockedLead } from './lead-store.js';
import { passWakeOn } from './pool-queue-store.js';

/** "Apply what is due, then look": the body of one transaction, at most one journal row. */
export async function applyNext(
  tx: ApplyTransaction,
  { leadId, at: asked, command }: ApplyRequest,
): Promise<ApplyResult> {
  const locked = await lockLead(tx.manager, leadId);
  if (locked === null) throw new JournalConflict(`there is no lead ${leadId}`);
  const { inbox, score } = await readWaiting(tx.manager, leadId, command);
  const lead = toLead(locked, score);
  const at = Math.max(lead.journey.at, asked);
  if (command !== null && inbox.command === null) {
    throw new JournalConflict(`the command ${command} does not lie in the inbox of lead ${leadId}`);
  }
  const stored = inbox.command?.answer ?? null;
  const turn = takeTurn(lead, inbox, at);
  const applied = turn === null ? await look(tx, lead, at) : await applyInput(tx, lead, turn.input, at);
  const answer = turn === null ? stored : close(tx, turn, applied, stored);

  const waits =
    firstDue(applied.lead.journey, at) !== null ||
    inbox.facts > (turn?.from === 'fact' ? 1 : 0) ||
    (command !== null && answer === null) ||
    (turn !== null && staysQueued(lead, applied.lead));
  return finish(tx, applied, at, answer, waits);
}

/** The bell may have meant its pool: who went on waiting through another input has to look yet. */
const staysQueued = (before: LockedLead, after: LockedLead): boolean =>
  before.journey.handOff?.status === 'queued' && after.journey.handOff?.status === 'queued';

interface Turn {
  readonly from: 'clock' | 'fact' | 'command';
  readonly input: WaitingInput;
}

/** Whose turn it is: a deadline, then a fact, then the command; null: nobody's. */
function takeTurn({ journey }: LockedLead, { fact, command }: InboxView, at: Instant): Turn | null {
  const due = firstDue(journey, at);
  if (due !== null) return { from: 'clock', input: timerInput(due) };
  if (fact !== null) return { from: 'fact', input: fact };
  if (command?.answer === null) return { from: 'command', input: command.input };
  return null;
}

/** Looks at score, inactivity and queue until one of them changes something. */
async function look(tx: ApplyTransaction, lead: LockedLead, at: Instant): Promise<Applied> {
  const policy = await tx.policies.byHash(tx.manager, lead.journey.policy);
  for (const waiting of looksAt(lead, policy, at)) {
    const applied = await applyInput(tx, lead, waiting, at);
    if (applied.row !== null) return applied;
  }
  const { handOff } = lead.journey;
  if (handOff?.status !== 'queued' || !caresAbout(lead.journey, 'pool_wake', policy)) {
    return { lead, row: null, refusal: null };
  }
  const answers = answersFor(tx, lead, policy, at, false);
  const id = `wake:${handOff.pool}:${await answers.nextSeq(handOff.pool)}`;
  const waiting: WaitingInput = {
    kind: 'pool_wake',
    id,
    occurred: null,
    actor: SYSTEM,
    body: {},
    personal: null,
  };
  const applied = await applyInput(tx, lead, waiting, at, { answers });
  await passWakeOn(tx, handOff.pool, lead.journey.lead, at);
  return applied;
}

/** Marks the inbox row as decided; the answer if it was the asked-for command's turn, else the stored one. */
function close(
  tx: ApplyTransaction,
  { from, input }: Turn,
  { lead: { journey }, row, refusal }: Applied,
  stored: Answer | null,
): Answer | null {
  if (from === 'clock') {
    if (row === null) throw new JournalConflict(`lead ${journey.lead}: ${input.id} is due and does nothing`);
    return stored;
  }
  const seq = row?.seq ?? null;
  const answer = from === 'command' ? answerOf(journey, seq, refusal) : null;
  closeInbox(tx.writes, journey.lead, input.id, seq, answer);
  return answer ?? stored;
}

/** Saves the lead with its next wake-up, and tells what came of it. */
export async function finish(
  tx: ApplyTransaction,
  applied: Applied,
  at: Instant,
  answer: Answer | null,
  waits: boolean,
): Promise<ApplyResult> {
  const { lead, row } = applied;
  const policy = await tx.policies.byHash(tx.manager, lead.journey.policy);
  const wakeUp = save(tx, applied, policy, at);
  const more = waits || (row !== null && looksWouldChange(lead, policy, at));
  return resultOf(lead.journey, { row, answer, wakeUp, more });
}

/** Saves the lead with its next wake-up, which it returns. */
export function save(
  { writes }: ApplyTransaction,
  { lead, row }: Pick<Applied, 'lead' | 'row'>,
  policy: Policy,
  at: Instant,
): WakeUp | null {
  const wakeUp = nextWakeUp(lead, policy, at);
  const saved: LockedLead = { ...lead, wakeAt: wakeUp?.at ?? null };
  const score = readScore(lead.score, at, policy.scoring).total;
  (row === null ? saveLook : saveLead)(writes, saved, score);
  return wakeUp;
}
