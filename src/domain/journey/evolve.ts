import { assertNever } from '../assert-never.js';
import type { Instant } from '../time.js';
import type { Deadline, HandOff, Journey } from './journey.js';
import type { Row } from './row.js';
import type { Transition } from './transitions.js';

/** Folds one recorded row into the journey. Total: it knows neither policy nor personal data. */
export function evolve(journey: Journey, row: Row): Journey {
  const { at } = row.input;
  const transitions = 'transitions' in row.result ? row.result.transitions : [];
  const folded = transitions.reduce(
    (state, transition) => evolveOne(state, transition, row.seq, at),
    journey,
  );
  return { ...folded, seq: row.seq, at };
}

/** Folds one transition of the row `seq`, which was applied `at`. */
export function evolveOne(journey: Journey, transition: Transition, seq: number, at: Instant): Journey {
  switch (transition.type) {
    case 'policy_pinned':
      return {
        ...journey,
        policy: transition.policy,
        pendingPolicy: null,
        capturedAt: journey.stage === null ? at : journey.capturedAt,
      };
    case 'policy_pending':
      return { ...journey, pendingPolicy: transition.migration };
    case 'past_opened':
      return { ...journey, past: { resumedAt: null, activeFrom: at, graceUntil: at, offer: false } };
    case 'resumed': {
      const { activeFrom, graceUntil, offer } = transition;
      return { ...journey, past: { resumedAt: at, activeFrom, graceUntil, offer } };
    }
    case 'stage_entered': {
      const { stage, level, team } = transition;
      // A dispute does not shorten the cool-off; back at marketing, nobody waits for sales any more.
      const coolOffUntil = stage === 'review' ? journey.coolOffUntil : null;
      const entered = { ...journey, stage, level, team, stageSince: at, coolOffUntil };
      const atMarketing = stage === 'inquiry' || stage === 'nurture' || level === 'early';
      return atMarketing
        ? { ...entered, waitingSince: null, firstResponseAt: null, lane: 'standard' }
        : entered;
    }
    case 'hand_off_opened': {
      const { kind, trigger, pool, excluded, attempt } = transition;
      const n = journey.handOffs + 1;
      const opened: HandOff = {
        n,
        kind,
        trigger,
        status: 'queued',
        pool,
        rep: null,
        attempt,
        excluded,
        startedAt: at,
      };
      return { ...journey, handOffs: n, handOff: opened, rejected: null };
    }
    case 'hand_off_moved': {
      const { status, rep } = transition;
      return withHandOff(journey, (open) => ({
        ...open,
        status,
        rep,
        attempt: open.attempt + (rep === null ? 0 : 1),
      }));
    }
    case 'rep_excluded':
      return withHandOff(journey, (open) => ({
        ...open,
        excluded: [...new Set([...open.excluded, transition.rep])].sort(),
      }));
    case 'hand_off_closed': {
      const { handOff } = journey;
      if (transition.outcome !== 'accepted' || handOff?.kind !== 'sdr') return { ...journey, handOff: null };
      const { pool, excluded, attempt } = handOff;
      return { ...journey, handOff: null, accepted: { pool, excluded, attempt } };
    }
    case 'owner_set':
      return { ...journey, owners: { ...journey.owners, [transition.role]: transition.rep } };
    case 'waiting_started':
      return { ...journey, waitingSince: at, firstResponseAt: null, lane: transition.lane };
    case 'lane_changed':
      return { ...journey, lane: transition.lane };
    case 'responded':
      return { ...journey, firstResponseAt: transition.respondedAt };
    case 'clock_armed': {
      const { clock, due, step, startedAt } = transition;
      const others = journey.deadlines.filter((deadline) => deadline.clock !== clock);
      return { ...journey, deadlines: inOrder([...others, { clock, due, step, startedAt, armedBy: seq }]) };
    }
    case 'clock_cleared': {
      const over = transition.clock === 'cool_off' && journey.stage === 'nurture';
      const coolOffUntil = over ? null : journey.coolOffUntil;
      const deadlines = journey.deadlines.filter(({ clock }) => clock !== transition.clock);
      return { ...journey, coolOffUntil, deadlines };
    }
    case 'clock_breached':
    case 'sent_incomplete':
      return journey;
    case 'review_opened':
      return { ...journey, review: { reason: transition.reason, reviewer: transition.reviewer, since: at } };
    case 'review_closed': {
      const judged = journey.review !== null && transition.by !== 'event';
      const settled = judged ? [journey.review.reason] : [];
      return { ...journey, review: null, settled: [...new Set([...journey.settled, ...settled])].sort() };
    }
    case 'criterion_set': {
      const { criterion, answer, confidence, by } = transition;
      return { ...journey, criteria: { ...journey.criteria, [criterion]: { answer, confidence, by, at } } };
    }
    case 'recycled':
      return {
        ...journey,
        recycles: journey.recycles + (transition.counted ? 1 : 0),
        coolOffUntil: transition.until,
        settled: journey.settled.filter((reason) => reason !== 'recycle_limit'),
      };
    case 'disqualifier_noted':
      return { ...journey, disqualifier: transition.reason };
    case 'rejected':
      return { ...journey, rejected: transition.reason };
    case 'outcome':
      return journey;
    case 'reopened':
      return { ...journey, settled: [], disqualifier: null, past: null };
    case 'tags_set':
      return { ...journey, tags: transition.tags };
    case 'tasks_given':
      return { ...journey, tasksGiven: true };
    case 'track_entered':
      return { ...journey, tracks: { ...journey.tracks, [transition.track]: { since: seq, left: false } } };
    case 'track_left': {
      const { since = seq } = journey.tracks[transition.track] ?? {};
      return { ...journey, tracks: { ...journey.tracks, [transition.track]: { since, left: true } } };
    }
    default:
      return assertNever(transition);
  }
}

/** The order in which deadlines are applied: by due instant, then by clock. */
export function inOrder(deadlines: readonly Deadline[]): readonly Deadline[] {
  return [...deadlines].sort((a, b) => a.due - b.due || (a.clock < b.clock ? -1 : a.clock > b.clock ? 1 : 0));
}

function withHandOff(journey: Journey, change: (open: HandOff) => HandOff): Journey {
  return journey.handOff === null ? journey : { ...journey, handOff: change(journey.handOff) };
}
