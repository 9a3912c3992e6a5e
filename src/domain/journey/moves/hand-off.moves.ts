import { endOf } from '../../sla/clocks.js';
import type { Instant } from '../../time.js';
import type { Draft } from '../draft.js';
import { missingContent, requestedPool } from '../guards.js';
import { actingRep } from '../inputs.js';
import { type HandOffKind, type HandOffTrigger, isUrgent, type Lane } from '../journey.js';
import { laneOf, wayOf } from '../lane.js';
import { breach, isRunning, startClock, startPlainClock, stopClock } from './clocks.moves.js';
import { enter } from './stage.moves.js';

/** Starts the hand-off to a sales development rep. The customer waits from now, or goes on waiting. */
export const startSdrHandOff = (d: Draft): void => openSdrHandOff(d, laneOf(d));

/** The same for a lead that fits so well that it need not have done anything. */
export const startFitHandOff = (d: Draft): void => openSdrHandOff(d, 'fit');

/** The lead would be handed off now, but for what enrichment or a question may yet tell. */
export function awaitContent(d: Draft): void {
  const atMost = d.policy.enrichment?.atMost;
  if (atMost === undefined) throw new Error('the policy waits for nothing: the stage table is wrong');
  startPlainClock(d, 'enrichment', atMost);
}

export const stopWaiting = (d: Draft): void => stopClock(d, 'enrichment');

function openSdrHandOff(d: Draft, lane: Lane): void {
  const pool = d.input.kind === 'hand_off' ? requestedPool(d) : wayOf(d.policy, lane).pool;
  const trigger = lane === 'fit' ? 'fit' : sdrTrigger(d);
  stopWaiting(d);
  d.emit({ type: 'hand_off_opened', kind: 'sdr', trigger, pool, excluded: [], attempt: 0 });
  const missing = missingContent(d);
  if (missing.length > 0) d.emit({ type: 'sent_incomplete', missing });
  const waits = d.journey.waitingSince !== null && d.journey.firstResponseAt === null;
  if (!waits) d.emit({ type: 'waiting_started', lane });
  else if (isUrgent(lane)) d.emit({ type: 'lane_changed', lane });
  startClock(d, 'first_response');
  place(d);
}

/** Starts the second hand-off, to an account executive; the SDR keeps the lead until it is accepted. */
export function startAeHandOff(d: Draft): void {
  const { ae } = d.policy.handOffs;
  if (ae === undefined) throw new Error('there is no second hand-off: the stage table is wrong');
  d.emit({
    type: 'hand_off_opened',
    kind: 'ae',
    trigger: 'qualified',
    pool: ae.pool,
    excluded: [],
    attempt: 0,
  });
  place(d);
}

/** Gives the open hand-off to whose turn it is in its pool, or lets it wait in the queue. */
export function place(d: Draft): void {
  const open = openHandOff(d);
  const rep = d.whoseTurn({ handOff: open.kind, pool: open.pool, excluded: open.excluded });
  if (rep !== null) give(d, rep);
  else if (open.status !== 'queued' || d.input.kind !== 'pool_wake') {
    stopClock(d, 'acceptance');
    d.emit({ type: 'hand_off_moved', status: 'queued', rep: null, until: null });
    startPlainClock(d, 'escalation', d.policy.clocks.escalation);
    d.notify({ to: { kind: 'manager' }, about: 'queued' });
  }
}

/** Takes the lead from the rep whose clock ran out and gives it to the next one. */
export function lapse(d: Draft): void {
  takeBack(d, 'lapsed', null);
  place(d);
}

export function lapseAndEscalate(d: Draft): void {
  takeBack(d, 'lapsed', null);
  escalate(d);
}

export function decline(d: Draft): void {
  takeBack(d, 'declined', d.bodyOf('decline').reason);
  place(d);
}

export function declineAndEscalate(d: Draft): void {
  takeBack(d, 'declined', d.bodyOf('decline').reason);
  escalate(d);
}

/** The manager gives the open hand-off to a named rep. */
export function giveToNamed(d: Draft): void {
  const { rep, reason } = d.bodyOf('reassign');
  if (rep === null) throw new Error('no rep is named: the stage table is wrong');
  takeBack(d, 'reassigned', reason);
  give(d, rep);
}

/** The manager takes the lead from its rep, for the next one in the pool. */
export function giveToNext(d: Draft): void {
  takeBack(d, 'reassigned', d.bodyOf('reassign').reason);
  place(d);
}

/** Takes the lead back from the rep who accepted it: the same pool without that rep, the same wait. */
export function reopenHandOff(d: Draft): void {
  reopen(d);
  place(d);
}

export function reopenAndEscalate(d: Draft): void {
  reopen(d);
  escalate(d);
}

/** The second hand-off found nobody: the SDR keeps the lead. */
export function keepWithSdr(d: Draft): void {
  closeHandOff(d, 'unaccepted');
  startClock(d, 'sales_inactivity');
  const sdr = d.journey.owners.sdr;
  if (sdr !== null) d.notify({ to: { kind: 'rep', id: sdr }, about: 'assigned' });
  d.notify({ to: { kind: 'manager' }, about: 'escalated' });
}

/** Nobody took it: the manager's, visibly. */
export function escalate(d: Draft): void {
  stopClock(d, 'acceptance');
  d.emit({ type: 'hand_off_moved', status: 'escalated', rep: null, until: null });
  startPlainClock(d, 'escalation', d.policy.clocks.escalation);
  d.notify({ to: { kind: 'manager' }, about: 'escalated' });
}

/** The rep takes the lead: by accepting, by responding, or by claiming it from the queue. */
export function accept(d: Draft): void {
  const open = openHandOff(d);
  const rep = open.rep ?? actingRep(d.input.actor);
  if (rep === null) throw new Error('nobody accepts: the stage table is wrong');
  stopClock(d, 'acceptance');
  stopClock(d, 'escalation');
  complete(d, open.kind, rep);
}

/** Ends the open hand-off for another reason than its acceptance. */
export function closeHandOff(
  d: Draft,
  outcome: 'rejected' | 'recycled' | 'disqualified' | 'reviewed' | 'unaccepted',
): void {
  if (d.journey.handOff === null) return;
  stopClock(d, 'acceptance');
  stopClock(d, 'escalation');
  d.emit({ type: 'hand_off_closed', outcome });
}

function complete(d: Draft, kind: HandOffKind, rep: string): void {
  d.emit({ type: 'owner_set', role: kind, rep });
  d.emit({ type: 'hand_off_closed', outcome: 'accepted' });
  if (kind === 'sdr') {
    enter(d, 'sal', null, 'accepted');
    // The wait goes on, and so must a clock: after a breach the new owner gets the full time.
    const answered = d.journey.firstResponseAt !== null;
    if (!answered && !isRunning(d, 'first_response')) startClock(d, 'first_response');
  }
  startClock(d, 'sales_inactivity');
}

function reopen(d: Draft): void {
  const { owners, accepted } = d.journey;
  const pool = accepted?.pool ?? d.policy.handOffs.sdr.pool;
  const excluded = [
    ...new Set([...(accepted?.excluded ?? []), ...(owners.sdr === null ? [] : [owners.sdr])]),
  ].sort();
  const trigger = d.input.kind === 'timer' ? 'first_response_breach' : 'by_hand';
  if (d.input.kind === 'timer') {
    breach(d, 'first_response');
    if (owners.sdr !== null) d.notify({ to: { kind: 'rep', id: owners.sdr }, about: 'lapsed' });
  }
  stopClock(d, 'sales_inactivity');
  enter(d, 'mql', 'advanced', trigger);
  d.emit({ type: 'hand_off_opened', kind: 'sdr', trigger, pool, excluded, attempt: accepted?.attempt ?? 0 });
  d.emit({ type: 'owner_set', role: 'sdr', rep: null });
}

function give(d: Draft, rep: string): void {
  const open = openHandOff(d);
  stopClock(d, 'acceptance');
  stopClock(d, 'escalation');
  if (modeOf(d, open.kind) === 'assign') {
    d.emit({ type: 'hand_off_moved', status: 'assigned', rep, until: null });
    // A second hand-off without acceptance is over at once: the account executive owns the lead.
    if (open.kind === 'ae') complete(d, 'ae', rep);
    d.notify({ to: { kind: 'rep', id: rep }, about: 'assigned' });
    return;
  }
  // The clock first, so that the move can say until when the offer stands.
  startClock(d, 'acceptance');
  d.emit({ type: 'hand_off_moved', status: 'offered', rep, until: offerEnd(d) });
  d.notify({ to: { kind: 'rep', id: rep }, about: 'offered' });
}

/** Without acceptance only as long as the first-response clock watches over the lead. */
function modeOf(d: Draft, kind: HandOffKind): 'offer' | 'assign' {
  if (kind === 'ae') return d.policy.handOffs.ae?.mode ?? 'offer';
  const { mode: wanted } = wayOf(d.policy, d.journey.lane);
  return isRunning(d, 'first_response') ? wanted : 'offer';
}

function takeBack(d: Draft, why: 'lapsed' | 'declined' | 'reassigned', reason: string | null): void {
  const rep = d.journey.handOff?.rep ?? null;
  if (d.input.kind === 'timer') breach(d, d.input.body.clock);
  if (rep === null) return;
  d.emit({ type: 'rep_excluded', rep, why, reason });
  if (why === 'lapsed') d.notify({ to: { kind: 'rep', id: rep }, about: 'lapsed' });
}

function sdrTrigger(d: Draft): HandOffTrigger {
  switch (d.input.kind) {
    case 'hand_raised':
      return 'hand_raiser';
    case 'hand_off':
      return 'by_hand';
    case 'review':
      return 'review';
    default:
      return 'score';
  }
}

function openHandOff(d: Draft): NonNullable<Draft['journey']['handOff']> {
  if (d.journey.handOff === null) throw new Error('there is no open hand-off: the stage table is wrong');
  return d.journey.handOff;
}

/** Until when an offer that is made now stands. */
function offerEnd(d: Draft): Instant {
  return endOf(d.policy, 'acceptance', d.journey.lane, d.at);
}
