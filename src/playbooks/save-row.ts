import { TASKS_OF_LEAD, TRACK_ENROLMENT } from '../db/tables.js';
import { hasEnded, type Journey } from '../domain/journey/journey.js';
import type { Row } from '../domain/journey/row.js';
import { assigned } from '../domain/playbooks/acts.js';
import { isAt, PLACES } from '../domain/playbooks/places.js';
import { nextStepAt } from '../domain/playbooks/steps.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import type { ApplyTransaction } from '../leads/apply-transaction.js';
import { stepJob } from './step-job.js';

/** Writes what a row means for the tracks that the lead is in and for its open tasks. */
export function savePlaybooks(
  tx: ApplyTransaction,
  row: Row,
  policy: Policy,
  before: Journey,
  after: Journey,
): void {
  if (before.tracks !== after.tracks) saveTracks(tx, row, policy, after);
  // A lead that nothing has given tasks has none to move.
  if (before.tasksGiven || Object.keys(before.tracks).length > 0) moveTasks(tx, row, before, after);
}

function saveTracks({ writes, jobs }: ApplyTransaction, row: Row, policy: Policy, after: Journey): void {
  if (!('transitions' in row.result)) return;
  const { lead, seq, input } = row;
  for (const transition of row.result.transitions) {
    if (transition.type === 'track_left') {
      const { track } = transition;
      const since = after.tracks[track]?.since ?? seq;
      writes.change(TRACK_ENROLMENT, { lead_id: lead, track, seq: since, next_at: null, left_at: input.at });
    }
    if (transition.type === 'track_entered') {
      const definition = policy.tracks?.find(({ id }) => id === transition.track);
      if (definition === undefined) throw new Error(`the policy has no track ${transition.track}`);
      const key = { leadId: lead, track: definition.id, seq };
      const nextAt = nextStepAt(definition, 0, input.at);
      writes.insert(TRACK_ENROLMENT, {
        lead_id: lead,
        track: definition.id,
        seq,
        policy: row.policy,
        entered_at: input.at,
        done: 0,
        next_at: nextAt,
        left_at: null,
      });
      if (nextAt !== null) jobs.push(stepJob(key, nextAt));
    }
  }
}

/** Tasks that are over with the stage or the journey are cancelled; others for the owner go to the new one. */
function moveTasks({ writes }: ApplyTransaction, { input }: Row, before: Journey, after: Journey): void {
  const [had, has] = [assigned('owner', before), assigned('owner', after)];
  const stagesLeft = PLACES.filter((place) => isAt(before, place) && !isAt(after, place));
  const ended = hasEnded(after) && !hasEnded(before);
  if (stagesLeft.length === 0 && !ended && had.rep === has.rep && had.team === has.team) return;
  writes.change(TASKS_OF_LEAD, {
    lead_id: after.lead,
    status: 'open',
    ended,
    stages_left: stagesLeft,
    rep_id: has.rep,
    team: has.team,
    at: input.at,
    actor: input.actor,
  });
}
