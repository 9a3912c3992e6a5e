import { stepOf } from '../../sla/clocks.js';
import type { Draft } from '../draft.js';
import { holders } from '../journey.js';
import { isRunning, nextStep, startClock, stopClock } from './clocks.moves.js';

/** Sales is in contact with the lead: ends the wait that speed-to-lead measures. */
export function respond(d: Draft): void {
  const { waitingSince, firstResponseAt, urgent } = d.journey;
  if (waitingSince !== null && firstResponseAt === null) {
    const clock = urgent ? d.policy.clocks.firstResponseHandRaiser : d.policy.clocks.firstResponse;
    const promised =
      stepOf(d.policy, 'first_response', urgent, waitingSince, clock.steps.length - 1)?.due ?? d.at;
    const respondedAt = Math.max(waitingSince, Math.min(d.input.occurred ?? d.at, d.at));
    d.emit({
      type: 'responded',
      respondedAt,
      lateBy: respondedAt > promised ? respondedAt - promised : null,
    });
  }
  stopClock(d, 'first_response');
}

/** Sales does something with the lead: it is not going cold. */
export function touch(d: Draft): void {
  if (isRunning(d, 'sales_inactivity')) startClock(d, 'sales_inactivity');
}

export function setCriterion(d: Draft): void {
  d.emit({ type: 'criterion_set', ...d.bodyOf('qualification') });
}

export function setTags(d: Draft): void {
  const { add, remove } = d.bodyOf('tags');
  const tags = new Set([...d.journey.tags, ...add]);
  for (const tag of remove) tags.delete(tag);
  d.emit({ type: 'tags_set', tags: [...tags].sort() });
}

/** The manager gives an accepted lead to another owner; no hand-off, no clock. */
export function transferOwner(d: Draft): void {
  const { rep } = d.bodyOf('reassign');
  if (rep === null) throw new Error('no rep is named: the stage table is wrong');
  d.emit({ type: 'owner_set', role: d.journey.owners.ae === null ? 'sdr' : 'ae', rep });
  d.notify({ to: { kind: 'rep', id: rep }, about: 'assigned' });
}

/** Reminds the rep who holds the lead; without one, its manager. */
export function remind(d: Draft): void {
  d.notify({ to: holderOrManager(d), about: 'reminder' });
  nextStep(d);
}

export function warnOfCold(d: Draft): void {
  d.notify({ to: holderOrManager(d), about: 'going_cold' });
  nextStep(d);
}

export function alertManager(d: Draft): void {
  d.notify({ to: { kind: 'manager' }, about: 'breached' });
  nextStep(d);
}

export function tellOfHandRaise(d: Draft): void {
  d.notify({ to: holderOrManager(d), about: 'hand_raised' });
}

export function tellOfFailedDelivery(d: Draft): void {
  d.notify({ to: { kind: 'manager' }, about: 'delivery_failed' });
}

/** Nothing changes; the row says that it happened. */
export function record(): void {
  return;
}

function holderOrManager(d: Draft): { kind: 'rep'; id: string } | { kind: 'manager' } {
  const holder = d.journey.handOff?.rep ?? holders(d.journey)[0]?.rep;
  return holder == null ? { kind: 'manager' } : { kind: 'rep', id: holder };
}
