import { parseDuration, type Milliseconds } from '../../time.js';
import type { Draft } from '../draft.js';
import { isCommand } from '../inputs.js';
import type { ReviewReason, Team } from '../journey.js';
import { startPlainClock, stopClock } from './clocks.moves.js';
import { closeHandOff } from './hand-off.moves.js';
import { clearOwners, enter } from './stage.moves.js';

const REVIEWERS: Readonly<Record<ReviewReason, Team>> = {
  mismatch: 'marketing',
  recycle_limit: 'marketing',
  dispute: 'sales',
  nobody_accepted: 'sales',
};

/** The lead goes to nurture with a cool-off; from sales it counts against the recycle limit. */
export function recycle(d: Draft): void {
  const reason = 'reason' in d.input.body ? (d.input.body.reason ?? d.input.kind) : recycleReason(d);
  const counted = d.journey.handOff !== null || d.journey.team === 'sales';
  const coolOff = d.at + Math.max(parseDuration(d.policy.nurture.coolOff), recycleAfter(d));
  const until = Math.max(coolOff, d.journey.coolOffUntil ?? 0);
  closeHandOff(d, d.input.kind === 'reject' ? 'rejected' : 'recycled');
  enter(d, 'nurture', null, reason);
  clearOwners(d);
  d.emit({ type: 'recycled', reason, until, counted });
  d.emit({ type: 'clock_armed', clock: 'cool_off', due: until, step: 0, startedAt: d.at });
  if (counted) d.notify({ to: { kind: 'team', team: 'marketing' }, about: 'returned' });
}

/** Notes that sales turned the lead down, so that marketing can dispute it. */
export function reject(d: Draft): void {
  d.emit({ type: 'rejected', reason: d.bodyOf('reject').reason });
}

/** The hand-off, if any, ends because the lead is no lead. */
export function closeAsDisqualified(d: Draft): void {
  closeHandOff(d, d.input.kind === 'reject' ? 'rejected' : 'disqualified');
}

export const reviewMismatch = (d: Draft): void => openReview(d, 'mismatch');
export const reviewRecycleLimit = (d: Draft): void => openReview(d, 'recycle_limit');
export function reviewDispute(d: Draft): void {
  clearOwners(d);
  openReview(d, 'dispute');
}

export function reviewNobodyAccepted(d: Draft): void {
  closeHandOff(d, 'reviewed');
  clearOwners(d);
  openReview(d, 'nobody_accepted');
}

/** A person has decided, or nobody did and the policy's default applies, or an event made the question idle. */
export function closeReview(d: Draft): void {
  if (d.journey.review === null) return;
  const { input } = d;
  if (input.kind === 'timer')
    d.emit({ type: 'review_closed', decision: d.policy.reviewDefault, by: 'default' });
  else if (input.kind === 'review')
    d.emit({ type: 'review_closed', decision: input.body.decision, by: 'person' });
  else d.emit({ type: 'review_closed', decision: input.kind, by: isCommand(input) ? 'person' : 'event' });
}

export const endCoolOff = (d: Draft): void => stopClock(d, 'cool_off');

function openReview(d: Draft, reason: ReviewReason): void {
  const reviewer = REVIEWERS[reason];
  enter(d, 'review', null, reason, reviewer);
  d.emit({ type: 'review_opened', reason, reviewer });
  startPlainClock(d, 'review', d.policy.clocks.review);
  d.notify({ to: { kind: 'team', team: reviewer }, about: 'review_wanted' });
}

function recycleAfter(d: Draft): Milliseconds {
  const { reasons } = d.policy;
  if (d.input.kind === 'reject') return length(reasons.reject[d.input.body.reason]?.recycleAfter);
  if (d.input.kind === 'lost') return length(reasons.lost[d.input.body.reason]?.recycleAfter);
  return 0;
}

const length = (duration: string | undefined): Milliseconds =>
  duration === undefined ? 0 : parseDuration(duration);

function recycleReason(d: Draft): string {
  if (d.input.kind === 'qualification') return 'criterion_lost';
  if (d.input.kind === 'timer') return d.input.body.clock === 'review' ? 'review' : 'no_sales_activity';
  return d.input.kind;
}
