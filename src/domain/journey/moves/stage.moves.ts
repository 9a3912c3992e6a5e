import { reachesMql } from '../../scoring/signature.js';
import type { Draft } from '../draft.js';
import { ENDED, type MqlLevel, type Stage, type Team } from '../journey.js';
import { stopClock } from './clocks.moves.js';

const TEAMS: Readonly<Record<Stage, Team>> = {
  inquiry: 'marketing',
  mql: 'marketing',
  sal: 'sales',
  sql: 'sales',
  opportunity: 'sales',
  closed_won: 'sales',
  closed_lost: 'sales',
  nurture: 'marketing',
  review: 'marketing',
  disqualified: 'marketing',
  merged: 'marketing',
};

/** Enters a stage, unless the lead is in it already. An ended journey and one in nurture have no running clocks. */
export function enter(
  d: Draft,
  stage: Stage,
  level: MqlLevel | null,
  reason: string,
  team = TEAMS[stage],
): void {
  if (d.journey.stage === stage && d.journey.level === level) return;
  d.emit({ type: 'stage_entered', stage, level, team, reason });
  stopClock(d, 'cool_off');
  stopClock(d, 'review');
  stopClock(d, 'enrichment');
  if (ENDED.includes(stage) || stage === 'nurture' || stage === 'review') stopAllClocks(d);
}

export function capture(d: Draft): void {
  const { policy, imported } = d.bodyOf('captured');
  d.emit({ type: 'policy_pinned', policy });
  if (imported) d.emit({ type: 'past_opened' });
  enter(d, 'inquiry', null, 'captured');
}

export const enterEarly = (d: Draft): void => enter(d, 'mql', 'early', cause(d));
export const enterAdvanced = (d: Draft): void => enter(d, 'mql', 'advanced', cause(d));
export const enterOpportunity = (d: Draft): void => enter(d, 'opportunity', null, 'opportunity');
export const enterSql = (d: Draft): void => enter(d, 'sql', null, 'qualified');

/** Too cold for sales, for now: no return by sales, so no cool-off and no recycle is counted. */
export const coolDown = (d: Draft): void => enter(d, 'nurture', null, 'decayed');

/** The lead did nothing for too long: it rests, whatever its score, until it does something. */
export const rest = (d: Draft): void => enter(d, 'nurture', null, 'inactive');

/** Back to where the score puts the lead; a further look may take it on from there. */
export function returnByScore(d: Draft): void {
  if (reachesMql(d.input.score, d.policy.scoring)) enter(d, 'mql', 'early', 'returned');
  else enter(d, 'inquiry', null, 'returned');
}

export function win(d: Draft): void {
  const { amount, currency } = d.bodyOf('won');
  d.emit({ type: 'outcome', outcome: 'won', reason: null, amount, currency });
  enter(d, 'closed_won', null, 'won');
}

export function lose(d: Draft): void {
  const { reason } = d.bodyOf('lost');
  d.emit({ type: 'outcome', outcome: 'lost', reason, amount: null, currency: null });
  enter(d, 'closed_lost', null, reason);
}

/** An ended journey comes back to marketing, from where the score or a person takes it on. */
export function reopen(d: Draft): void {
  d.emit({ type: 'reopened', reason: 'reason' in d.input.body ? (d.input.body.reason ?? '') : d.input.kind });
  clearOwners(d);
}

export const toNurture = (d: Draft): void => enter(d, 'nurture', null, d.input.kind);

export function disqualify(d: Draft): void {
  enter(d, 'disqualified', null, disqualification(d));
}

export function clearOwners(d: Draft): void {
  for (const role of ['sdr', 'ae'] as const) {
    if (d.journey.owners[role] !== null) d.emit({ type: 'owner_set', role, rep: null });
  }
}

function stopAllClocks(d: Draft): void {
  for (const { clock } of d.journey.deadlines) stopClock(d, clock);
}

/** Why a lead comes to a stage: the end of a cool-off only lets the score speak again. */
const cause = (d: Draft): string => (d.input.kind === 'timer' ? 'score' : d.input.kind);

function disqualification(d: Draft): string {
  const { input } = d;
  if (input.kind === 'hand_raised') return input.body.disqualifier ?? input.kind;
  if (d.journey.disqualifier !== null) return d.journey.disqualifier;
  if (input.kind === 'timer') return 'review';
  return 'reason' in input.body ? (input.body.reason ?? input.kind) : input.kind;
}
