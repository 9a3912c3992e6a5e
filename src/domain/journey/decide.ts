import { firePlaybooks, moveTracks } from '../playbooks/fire.js';
import type { Policy } from '../policy/policy.schema.js';
import type { Outcome, RecordedFact } from './decision.js';
import { Draft, MissingAnswer } from './draft.js';
import { holds } from './guards.js';
import { actingRep, LOOKS, type Input } from './inputs.js';
import { holders, type Deadline, type Journey } from './journey.js';
import { MOVES } from './moves/index.js';
import { situationOf } from './situation.js';
import { STAGE_TABLE } from './stage-table.js';
import type { Alternative, Column } from './table/cell.js';
import type { Effect } from './transitions.js';

/**
 * What one input does to a journey. Pure: the same arguments give the same outcome on any machine, for ever.
 * @param facts answers to the questions asked so far, in order
 * @throws Error when a deadline that is due has not been applied before this input: the caller's fault
 */
export function decide(
  journey: Journey,
  input: Input,
  facts: readonly RecordedFact[],
  policy: Policy,
): Outcome {
  const first = firstDue(journey, input.at);
  if (input.kind === 'timer') {
    if (!isArmed(journey, input.body)) return { type: 'nothing' };
    if (input.body.due > input.at)
      throw new Error(`lead ${journey.lead}: the ${input.body.clock} clock is not due`);
  }
  if (first !== null && !(input.kind === 'timer' && input.body.clock === first.clock)) {
    throw new Error(`lead ${journey.lead}: the ${first.clock} clock is due before input ${input.id}`);
  }
  const draft = new Draft(journey, input, facts, policy);
  try {
    const alternative = choose(draft);
    if ('refuse' in alternative) return { type: 'refusal', refusal: alternative.refuse };
    if ('nothing' in alternative) {
      if (input.kind === 'timer') throw new Error(`lead ${journey.lead}: nothing answers ${input.id}`);
      return { type: 'nothing' };
    }
    for (const move of alternative.moves) MOVES[move](draft);
    if (draft.transitions.length === 0 && isLook(input)) return { type: 'nothing' };
    const { transitions } = draft;
    if (isPast(input)) return { type: 'decision', transitions, effects: [] };
    const effects = [...draft.effects, ...farewells(draft, journey), ...firePlaybooks(draft, journey)];
    moveTracks(draft, journey);
    return { type: 'decision', transitions, effects };
  } catch (thrown) {
    if (thrown instanceof MissingAnswer) return { type: 'needs', question: thrown.question };
    throw thrown;
  }
}

/** The alternative of the stage table that applies: the first whose guards all hold. */
export function choose(draft: Draft): Alternative {
  const cell = STAGE_TABLE[situationOf(draft.journey)][columnOf(draft.input)];
  const chosen = cell.find(({ when }) => (when ?? []).every((guard) => holds(guard, draft)));
  if (chosen === undefined) throw new Error(`the stage table has no answer to "${draft.input.kind}"`);
  return chosen;
}

/** The earliest deadline that is due at `at`, in the order in which deadlines are applied; null when none is. */
export function firstDue(journey: Journey, at: number): Deadline | null {
  const first = journey.deadlines[0];
  return first !== undefined && first.due <= at ? first : null;
}

export function columnOf(input: Input): Column {
  return input.kind === 'timer' ? `timer.${input.body.clock}` : input.kind;
}

function isArmed(journey: Journey, timer: { clock: string; due: number; step: number }): boolean {
  return journey.deadlines.some(
    ({ clock, due, step }) => clock === timer.clock && due === timer.due && step === timer.step,
  );
}

/** What happened elsewhere has had its consequences there. */
function isPast(input: Input): boolean {
  return input.kind === 'history_recorded' || input.kind === 'journey_resumed';
}

function isLook(input: Input): boolean {
  return LOOKS.some((look) => look === input.kind);
}

/** Reps who hold the lead no more have room for another, and hear it unless they know or stay its owner. */
function farewells({ journey: after, effects, input }: Draft, before: Journey): Effect[] {
  const still = new Set(holders(after).map(({ rep }) => rep));
  const gone = holders(before).flatMap(({ rep }) => (still.has(rep) ? [] : [rep]));
  const closed = after.stage === 'closed_won' || after.stage === 'closed_lost';
  const knows = (rep: string): boolean =>
    closed ||
    rep === after.owners.sdr ||
    rep === actingRep(input.actor) ||
    effects.some((effect) => effect.type === 'notify' && effect.to.kind === 'rep' && effect.to.id === rep);
  return gone.flatMap((rep): Effect[] => [
    ...(knows(rep) ? [] : [{ type: 'notify', to: { kind: 'rep', id: rep }, about: 'withdrawn' } as const]),
    { type: 'capacity_freed', rep },
  ]);
}
