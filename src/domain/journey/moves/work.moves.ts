import { endOf } from '../../sla/clocks.js';
import type { Draft } from '../draft.js';
import { actingRep } from '../inputs.js';
import { holders, isUrgent } from '../journey.js';
import { laneOf } from '../lane.js';
import { isRunning, nextStep, startClock, startPlainClock, stopClock } from './clocks.moves.js';

/** Sales is in contact with the lead: ends the wait that speed-to-lead measures. */
export function respond(d: Draft): void {
  const { waitingSince, firstResponseAt, lane } = d.journey;
  if (waitingSince !== null && firstResponseAt === null) {
    const promised = endOf(d.policy, 'first_response', lane, waitingSince);
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
  const by = actingRep(d.input.actor) ?? d.input.actor.id;
  d.emit({ type: 'criterion_set', ...d.bodyOf('qualification'), by });
}

export function setTags(d: Draft): void {
  const { add, remove } = d.bodyOf('tags');
  const tags = new Set([...d.journey.tags, ...add]);
  for (const tag of remove) tags.delete(tag);
  d.emit({ type: 'tags_set', tags: [...tags].sort() });
}

/** The manager gives an accepted lead to another owner, who has the full time to work it. */
export function transferOwner(d: Draft): void {
  const { rep } = d.bodyOf('reassign');
  if (rep === null) throw new Error('no rep is named: the stage table is wrong');
  d.emit({ type: 'owner_set', role: d.journey.owners.ae === null ? 'sdr' : 'ae', rep });
  d.notify({ to: { kind: 'rep', id: rep }, about: 'assigned' });
  touch(d);
}

/** Reminds the rep who holds the lead; without one, its manager. */
export function remind(d: Draft): void {
  d.notify({ to: holderOrManager(d), about: 'reminder' });
  nextStep(d);
}

export function warnOfCold(d: Draft): void {
  d.notify({ to: ownerOrManager(d), about: 'going_cold' });
  nextStep(d);
}

export function alertManager(d: Draft): void {
  const { clock } = d.bodyOf('timer');
  nextStep(d);
  d.notify({ to: { kind: 'manager' }, about: isRunning(d, clock) ? 'at_risk' : 'breached' });
}

/** A lead that waits for sales already raises its hand: the shorter clock from now, if that ends earlier. */
export function raiseHand(d: Draft): void {
  d.notify({ to: ownerOrManager(d), about: 'hand_raised' });
  const { waitingSince, firstResponseAt, lane } = d.journey;
  const raised = laneOf(d);
  if (waitingSince === null || firstResponseAt !== null || lane === raised) return;
  const running = d.journey.deadlines.find(({ clock }) => clock === 'first_response');
  const end = running === undefined ? Infinity : endOf(d.policy, 'first_response', lane, running.startedAt);
  const sooner = endOf(d.policy, 'first_response', raised, d.at) < end;
  // A hand that is raised again does not give sales more time.
  if (isUrgent(lane) && !sooner) return;
  d.emit({ type: 'lane_changed', lane: raised });
  if (sooner) startClock(d, 'first_response');
}

/** Sales works the lead, so a person decides; marketing will not hand it over again by itself. */
export function noteDisqualifier(d: Draft): void {
  d.emit({ type: 'disqualifier_noted', reason: d.bodyOf('disqualifier_found').reason });
  d.notify({ to: ownerOrManager(d), about: 'disqualifier_found' });
}

/** Still nobody: the manager hears it again. */
export function remindOfQueue(d: Draft): void {
  startPlainClock(d, 'escalation', d.policy.clocks.escalation);
  d.notify({ to: { kind: 'manager' }, about: 'queued' });
}

export function tellOfFailedDelivery(d: Draft): void {
  d.notify({ to: { kind: 'manager' }, about: 'delivery_failed' });
}

/** Nothing changes; the row says that it happened. */
export function record(): void {
  return;
}

function ownerOrManager(d: Draft): { kind: 'rep'; id: string } | { kind: 'manager' } {
  const owner = holders(d.journey)[0]?.rep;
  return owner === undefined ? { kind: 'manager' } : { kind: 'rep', id: owner };
}

function holderOrManager(d: Draft): { kind: 'rep'; id: string } | { kind: 'manager' } {
  const holder = d.journey.handOff?.rep ?? holders(d.journey)[0]?.rep;
  return holder == null ? { kind: 'manager' } : { kind: 'rep', id: holder };
}
