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
      return { ...journey, policy: transition.policy };
    case 'stage_entered': {
      const { stage, level, team } = transition;
      const coolOffUntil = stage === 'nurture' ? journey.coolOffUntil : null;
      return { ...journey, stage, level, team, stageSince: at, coolOffUntil, restingAt: null };
    }
    case 'hand_off_opened': {
      const { kind, trigger, pool, excluded } = transition;
      const n = journey.handOffs + 1;
      const opened: HandOff = {
        n,
        kind,
        trigger,
        status: 'queued',
        pool,
        rep: null,
        attempt: 0,
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
    case 'hand_off_closed':
      return { ...journey, handOff: null };
    case 'owner_set':
      return { ...journey, owners: { ...journey.owners, [transition.role]: transition.rep } };
    case 'waiting_started':
      return { ...journey, waitingSince: at, firstResponseAt: null, urgent: transition.urgent };
    case 'responded':
      return { ...journey, firstResponseAt: transition.respondedAt };
    case 'clock_armed': {
      const { clock, due, step, startedAt } = transition;
      const others = journey.deadlines.filter((deadline) => deadline.clock !== clock);
      return { ...journey, deadlines: inOrder([...others, { clock, due, step, startedAt, armedBy: seq }]) };
    }
    case 'clock_cleared':
      return { ...journey, deadlines: journey.deadlines.filter(({ clock }) => clock !== transition.clock) };
    case 'clock_breached':
      return journey;
    case 'review_opened':
      return { ...journey, review: { reason: transition.reason, reviewer: transition.reviewer, since: at } };
    case 'review_closed': {
      const settled = journey.review === null ? [] : [journey.review.reason];
      return { ...journey, review: null, settled: [...new Set([...journey.settled, ...settled])].sort() };
    }
    case 'criterion_set':
      return { ...journey, criteria: { ...journey.criteria, [transition.criterion]: transition.answer } };
    case 'recycled':
      return {
        ...journey,
        recycles: journey.recycles + 1,
        coolOffUntil: transition.until,
        settled: journey.settled.filter((reason) => reason !== 'recycle_limit'),
      };
    case 'rested':
      return { ...journey, restingAt: transition.version };
    case 'rejected':
      return { ...journey, rejected: transition.reason };
    case 'outcome':
    case 'reopened':
      return journey;
    case 'tags_set':
      return { ...journey, tags: transition.tags };
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
