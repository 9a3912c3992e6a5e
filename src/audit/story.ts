import { assertNever } from '../domain/assert-never.js';
import type { Actor, Input } from '../domain/journey/inputs.js';
import { isUrgent, type Journey } from '../domain/journey/journey.js';
import { REFUSALS } from '../domain/journey/refusals.js';
import type { Row } from '../domain/journey/row.js';
import type { Effect, Recipient, Transition } from '../domain/journey/transitions.js';
import { MICRO, type ScoreReading } from '../domain/scoring/score.js';

/** One journal row as a person reads it. */
export interface StoryLine {
  readonly seq: number;
  readonly at: string;
  /** Who caused it, such as `rep ana` or `the clock`. */
  readonly by: string;
  readonly input: string;
  /** What happened, each in a few words. */
  readonly says: readonly string[];
}

/** Tells a row. Ids stay ids: names are personal data and lie elsewhere. */
export function tellRow(row: Row): StoryLine {
  const { seq, input, result } = row;
  const suppressed =
    row.suppressed === 0 ? [] : [`(${row.suppressed} equal refusals before this were only counted)`];
  const says =
    'refusal' in result
      ? [`REFUSED ${input.kind.replaceAll('_', ' ')}: ${REFUSALS[result.refusal]}`]
      : [
          ...openingOf(input),
          ...result.transitions.flatMap(tellTransition),
          ...result.effects.flatMap(tellEffect),
        ];
  return {
    seq,
    at: instant(input.at),
    by: tellActor(input),
    input: input.id,
    says: [...(says.length === 0 ? [input.kind.replaceAll('_', ' ')] : says), ...suppressed],
  };
}

/** What the lead waits for now, and who has to do something. */
export function tellNow(journey: Journey): readonly string[] {
  const { stage, level, handOff, review, deadlines, coolOffUntil, owners, tracks } = journey;
  const where = `${stage ?? 'not captured'}${level === null ? '' : ` (${level})`}, with ${journey.team}`;
  return [
    where,
    ...(owners.sdr === null ? [] : [`SDR ${owners.sdr}`]),
    ...(owners.ae === null ? [] : [`account executive ${owners.ae}`]),
    ...(handOff === null ? [] : [tellHandOff(handOff)]),
    ...(review === null
      ? []
      : [`${review.reviewer} has to decide a review: ${review.reason.replaceAll('_', ' ')}`]),
    ...(coolOffUntil === null ? [] : [`cools off until ${instant(coolOffUntil)}`]),
    ...Object.entries(tracks).flatMap(([track, { left }]) => (left ? [] : [`in the track ${track}`])),
    ...deadlines.map(({ clock, due }) => `${clock.replaceAll('_', ' ')} clock: next due ${instant(due)}`),
  ];
}

function tellHandOff({ status, rep, pool, attempt, n }: NonNullable<Journey['handOff']>): string {
  const about = `hand-off ${n}`;
  switch (status) {
    case 'offered':
      return `${about}: rep ${rep ?? '?'} has to accept (offer ${attempt})`;
    case 'assigned':
      return `${about}: rep ${rep ?? '?'} has to respond`;
    case 'queued':
      return `${about}: waits in the queue of pool ${pool} for a rep who has room`;
    case 'escalated':
      return `${about}: the manager has to find somebody`;
  }
}

const points = (micro: number): string => String(Math.round(micro / (MICRO / 10)) / 10);
const scored = ({ total, explicit, implicit }: ScoreReading): string =>
  `scored ${points(total)} (fit ${points(explicit)}, engagement ${points(implicit)})`;

/** What the input itself tells; most inputs are told by what they change. */
function openingOf(input: Input): string[] {
  switch (input.kind) {
    case 'captured':
      return [`captured${input.body.source === null ? '' : ` from ${input.body.source}`}`];
    case 'history_recorded': {
      const { row, file, import: id } = input.body;
      return [`from row ${row} of file ${file} of ${id}, ${businessTime(input.occurred)}`];
    }
    case 'score':
      return [scored(input.score)];
    case 'hand_raised':
      return [`raised its hand: ${input.body.event}`];
    case 'timer':
      return [`the ${input.body.clock.replaceAll('_', ' ')} clock ran to ${instant(input.body.due)}`];
    case 'hand_off':
      return [`handed over by hand: ${input.body.reason}`];
    case 'first_response':
    case 'sales_activity':
      return [`in contact${input.body.channel === null ? '' : ` by ${input.body.channel}`}`];
    case 'follow_up':
      return [`followed up${input.body.outcome === null ? '' : `: ${input.body.outcome}`}`];
    case 'reassign':
      return [`reassigned to ${input.body.rep ?? 'the next in the pool'}`];
    case 'accept':
      return ['accepted'];
    case 'claim':
      return ['claimed'];
    case 'pool_wake':
      return ['looked for room in the pool'];
    case 'qualify':
      return ['qualified'];
    case 'feedback':
      return ['gave feedback'];
    default:
      return input.kind.startsWith('meeting_') ? [input.kind.replaceAll('_', ' ')] : [];
  }
}

function tellTransition(transition: Transition): string[] {
  switch (transition.type) {
    case 'stage_entered': {
      const { stage, level, reason } = transition;
      return [
        `→ ${stage.toUpperCase()}${level === null ? '' : ` (${level})`}: ${reason.replaceAll('_', ' ')}`,
      ];
    }
    case 'hand_off_opened':
      return [`handed off to pool ${transition.pool}`];
    case 'sent_incomplete':
      return [`without knowing: ${transition.missing.join(', ')}`];
    case 'hand_off_moved': {
      const { status, rep, until } = transition;
      if (status === 'queued') return ['nobody can take it now: it waits in the queue'];
      if (status === 'escalated') return ['escalated to the manager'];
      return [`${status} to ${rep ?? '?'}${until === null ? '' : ` until ${instant(until)}`}`];
    }
    case 'rep_excluded':
      return [tellExclusion(transition)];
    case 'hand_off_closed':
      return transition.outcome === 'accepted' ? [] : [`the hand-off ended: ${transition.outcome}`];
    case 'owner_set':
      return transition.rep === null ? [] : [`${transition.rep} owns it as ${transition.role.toUpperCase()}`];
    case 'responded':
      return [
        `first response ${transition.lateBy === null ? 'in time' : `${length(transition.lateBy)} late`}`,
      ];
    case 'clock_breached':
      return [`${transition.clock.replaceAll('_', ' ')} clock breached`];
    case 'review_opened':
      return [`${transition.reviewer} has to review it: ${transition.reason.replaceAll('_', ' ')}`];
    case 'review_closed':
      return [
        `the review came to: ${transition.decision}${transition.by === 'default' ? ' (by default)' : ''}`,
      ];
    case 'criterion_set':
      return [`${transition.criterion}: ${transition.answer}`];
    case 'recycled':
      return [
        `recycled (${transition.reason.replaceAll('_', ' ')}), cools off until ${instant(transition.until)}`,
      ];
    case 'rejected':
      return [`sales rejected it: ${transition.reason.replaceAll('_', ' ')}`];
    case 'outcome': {
      const { outcome, amount, currency } = transition;
      return [`${outcome}${amount === null ? '' : `: ${amount / 100} ${currency ?? ''}`}`];
    }
    case 'reopened':
      return [`reopened: ${transition.reason.replaceAll('_', ' ')}`];
    case 'lane_changed':
      return [isUrgent(transition.lane) ? 'it is urgent now' : 'it is less urgent now'];
    case 'disqualifier_noted':
      return [`a disqualifier was found: ${transition.reason.replaceAll('_', ' ')}`];
    case 'resumed':
      return ['its journey goes on here'];
    case 'tags_set':
      return [`tags: ${transition.tags.join(', ') || 'none'}`];
    case 'policy_pending':
      return transition.migration === null
        ? ['keeps its policy']
        : [`follows the policy ${transition.migration.to.slice(0, 12)} when this hand-off has ended`];
    case 'track_entered':
      return [`enters the track ${transition.track}`];
    case 'track_left':
      return [`leaves the track ${transition.track}`];
    case 'tasks_given':
    case 'waiting_started':
    case 'clock_armed':
    case 'clock_cleared':
    case 'policy_pinned':
    case 'past_opened':
      return [];
    default:
      return assertNever(transition);
  }
}

function tellExclusion({ rep, why, reason }: Extract<Transition, { type: 'rep_excluded' }>): string {
  switch (why) {
    case 'lapsed':
      return `${rep} let it lapse`;
    case 'declined':
      return `${rep} declined${reason === null ? '' : `: ${reason.replaceAll('_', ' ')}`}`;
    case 'reassigned':
      return `taken from ${rep}${reason === null ? '' : `: ${reason.replaceAll('_', ' ')}`}`;
  }
}

function tellEffect(effect: Effect): string[] {
  switch (effect.type) {
    case 'notify':
      return [`told ${tellRecipient(effect.to)}: ${effect.about.replaceAll('_', ' ')}`];
    case 'message':
      return [`told ${tellRecipient(effect.to)}: ${effect.text}`];
    case 'webhook':
      return [`told other systems: ${effect.topic}`];
    case 'task':
      return [
        `task for ${effect.assignee === 'owner' ? 'the owner' : effect.assignee} until ${instant(effect.due)}: ${effect.title}`,
      ];
    case 'capacity_freed':
      return [];
  }
}

const tellRecipient = (to: Recipient): string =>
  to.kind === 'rep' ? `rep ${to.id}` : to.kind === 'team' ? to.team : 'the manager';

function tellActor({ kind, actor }: Input): string {
  if (actor.kind === 'system') return kind === 'timer' ? 'the clock' : 'Baton';
  if (actor.onBehalfOf !== null) return `rep ${actor.onBehalfOf} (through ${actor.kind} ${actor.id ?? ''})`;
  return `${actor.kind} ${who(actor)}`.trim();
}

const businessTime = (occurred: number | null): string =>
  occurred === null ? 'nobody knows when' : `happened ${instant(occurred)}`;
const who = ({ id }: Actor): string => id ?? '';
const instant = (at: number): string => new Date(at).toISOString().replace(/\.000Z$/, 'Z');

const SECONDS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** The two largest units, such as `2 h 5 min`. */
function length(milliseconds: number): string {
  let left = Math.round(milliseconds / 1000);
  const parts: string[] = [];
  for (const [unit, seconds] of SECONDS) {
    const n = Math.floor(left / seconds);
    left -= n * seconds;
    if (n > 0) parts.push(`${n} ${unit}`);
  }
  return parts.slice(0, 2).join(' ') || '0 s';
}
