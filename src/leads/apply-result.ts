import type { Answer, ApplyResult, LeadAttributes } from '../domain/journey/apply.types.js';
import { hasEnded, type Journey } from '../domain/journey/journey.js';
import { REFUSALS, type Refusal } from '../domain/journey/refusals.js';
import type { Row } from '../domain/journey/row.js';
import { situationOf } from '../domain/journey/situation.js';
import type { Transition } from '../domain/journey/transitions.js';
import type { WakeUp } from './apply-wake.js';
import { ownerOf, toView } from './lead-view.js';

const SUMMARY_LENGTH = 200;

export function resultOf(
  journey: Journey,
  {
    row,
    answer,
    wakeUp,
    more,
  }: {
    readonly row: Row | null;
    readonly answer: Answer | null;
    readonly wakeUp: WakeUp | null;
    readonly more: boolean;
  },
): ApplyResult {
  return {
    seq: journey.seq,
    answer,
    wakeAt: wakeUp?.at ?? null,
    wakeFor: wakeUp?.for ?? null,
    more,
    ended: hasEnded(journey),
    summary: row === null ? 'nothing to do' : summaryOf(row).slice(0, SUMMARY_LENGTH),
    attributes: attributesOf(journey),
  };
}

export const attributesOf = (journey: Journey): LeadAttributes => ({
  stage: situationOf(journey),
  // Whose move it is: who has the offer before who owns the lead.
  owner: journey.handOff?.rep ?? ownerOf(journey),
  pool: journey.handOff?.pool ?? null,
  policy: journey.policy,
  due: journey.deadlines[0]?.due ?? null,
});

/** What a client hears about its command, now and at every repeat. */
export function answerOf(journey: Journey, seq: number | null, refusal: Refusal | null): Answer {
  const state = toView(journey);
  return refusal === null
    ? { outcome: 'done', seq: seq ?? journey.seq, state }
    : { outcome: 'refused', seq, code: refusal, detail: REFUSALS[refusal], state };
}

/** A row in codes and ids, such as `mql.advanced → offered rep-12 until 2026-01-01T10:00:00Z`. */
export function summaryOf({ input, result }: Row): string {
  if ('refusal' in result) return `${input.kind} refused: ${result.refusal}`;
  const told = result.transitions.map(tell).filter((part) => part !== null);
  return told.length === 0 ? input.kind : told.join(' → ');
}

const until = (at: number | null): string => (at === null ? '' : ` until ${new Date(at).toISOString()}`);

/** Null for what does not move the lead: a summary is short. */
function tell(transition: Transition): string | null {
  switch (transition.type) {
    case 'stage_entered':
      return transition.level === null ? transition.stage : `${transition.stage}.${transition.level}`;
    case 'hand_off_opened':
      return `hand-off to ${transition.pool}`;
    case 'sent_incomplete':
      return `without ${transition.missing.join(', ')}`;
    case 'hand_off_moved':
      return `${transition.status} ${transition.rep ?? ''}`.trimEnd() + until(transition.until);
    case 'rep_excluded':
      return `${transition.rep} ${transition.why}`;
    case 'clock_breached':
      return `${transition.clock} breached`;
    case 'responded':
      return 'responded';
    case 'review_closed':
      return `review: ${transition.decision}`;
    case 'criterion_set':
      return `${transition.criterion} ${transition.answer}`;
    default:
      return null;
  }
}
