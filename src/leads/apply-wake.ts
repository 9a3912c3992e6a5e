import { decide } from '../domain/journey/decide.js';
import type { ApplyResult } from '../domain/journey/apply.types.js';
import { SYSTEM, type Input, type Look } from '../domain/journey/inputs.js';
import { type Deadline, hasEnded, type Journey } from '../domain/journey/journey.js';
import { lastActiveAt } from '../domain/journey/past.js';
import { situationOf } from '../domain/journey/situation.js';
import { STAGE_TABLE } from '../domain/journey/stage-table.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { nextCrossing } from '../domain/scoring/crossing.js';
import { readScore } from '../domain/scoring/read.js';
import { floorToMinute, MINUTE, parseDuration, type Instant } from '../domain/time.js';
import type { WaitingInput } from './inbox-store.js';
import type { LockedLead } from './lead-store.js';

/** The next instant at which there is something to do without being rung, and what for. */
export interface WakeUp {
  readonly at: Instant;
  readonly for: NonNullable<ApplyResult['wakeFor']>;
}

/** Whether the stage table, under this policy, has anything to say to this look where the lead stands. */
export function caresAbout(journey: Journey, look: Look, { scoring }: Policy): boolean {
  // Without an SQL by score nobody looks at the score of a lead that sales works.
  if (journey.stage === 'sal' && look === 'score' && scoring.thresholds.sql === undefined) return false;
  return STAGE_TABLE[situationOf(journey)][look].some((alternative) => !('nothing' in alternative));
}

/**
 * The nearest of: a running clock, the score's next crossing, the lead's inactivity. A look that has come to
 * nothing at `at` is not among them, so that nobody looks in circles; a deadline may be past.
 */
export function nextWakeUp(lead: LockedLead, policy: Policy, at: Instant): WakeUp | null {
  const { journey } = lead;
  if (hasEnded(journey)) return null;
  const wakeUps: WakeUp[] = journey.deadlines.map(({ clock, due }) => ({ at: due, for: clock }));
  if (caresAbout(journey, 'score', policy)) {
    const crossing = nextCrossing(lead.score, at, policy.scoring);
    if (crossing !== null && crossing > at) wakeUps.push({ at: crossing, for: 'score' });
    const graceUntil = journey.past?.graceUntil ?? at;
    if (graceUntil > at) wakeUps.push({ at: graceUntil, for: 'score' });
  }
  if (caresAbout(journey, 'inactivity', policy)) {
    const idle = inactiveFrom(lead, policy);
    if (idle > at) wakeUps.push({ at: idle, for: 'inactivity' });
  }
  return wakeUps.reduce<WakeUp | null>((first, next) => (first && first.at <= next.at ? first : next), null);
}

const lastActive = ({ score, journey }: LockedLead): Instant => lastActiveAt(journey, score);

const inactiveFrom = (lead: LockedLead, policy: Policy): Instant =>
  lastActive(lead) + parseDuration(policy.clocks.leadInactivity);

/**
 * The looks that may matter now. Ids name the state they look at: a look that was decided never comes back
 * with the same id.
 */
export function looksAt(lead: LockedLead, policy: Policy, at: Instant): WaitingInput[] {
  const { journey } = lead;
  const looks: WaitingInput[] = [];
  const common = { occurred: null, actor: SYSTEM, personal: null };
  if (journey.pendingPolicy !== null && caresAbout(journey, 'pending_policy', policy)) {
    const { migration } = journey.pendingPolicy;
    looks.push({ ...common, kind: 'pending_policy', id: `policy:${migration}:${journey.seq}`, body: {} });
  }
  if (caresAbout(journey, 'score', policy)) {
    const id = `score:${lead.score.version}:${floorToMinute(at) / MINUTE}:${journey.seq}`;
    looks.push({ ...common, kind: 'score', id, body: {} });
  }
  if (caresAbout(journey, 'inactivity', policy) && inactiveFrom(lead, policy) <= at) {
    const id = `inactivity:${lastActive(lead)}:${journey.seq}`;
    looks.push({ ...common, kind: 'inactivity', id, body: {} });
  }
  return looks;
}

/** A deadline that is due, as an input. */
export const timerInput = ({ clock, armedBy, due, step }: Deadline): WaitingInput => ({
  kind: 'timer',
  id: `timer:${clock}:${armedBy}:${due}`,
  occurred: due,
  actor: SYSTEM,
  body: { clock, step, due },
  personal: null,
});

/** Whether a look would change the lead as it stands: then apply is to be called again. */
export function looksWouldChange(lead: LockedLead, policy: Policy, at: Instant): boolean {
  return looksAt(lead, policy, at).some(
    (look) => decide(lead.journey, inputAt(look, lead, policy, at), [], policy).type !== 'nothing',
  );
}

/** The input as the journal stores it: with workflow time and the score as it is known now. */
export const inputAt = (waiting: WaitingInput, lead: LockedLead, policy: Policy, at: Instant): Input => ({
  ...waiting,
  at,
  score: readScore(lead.score, at, policy.scoring),
});
