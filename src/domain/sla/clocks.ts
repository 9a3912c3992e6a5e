import type { ClockName, Lane } from '../journey/journey.js';
import type { ClockPolicy, ClockStep, Policy } from '../policy/policy.schema.js';
import { parseDuration, type Instant } from '../time.js';

export type SteppedClock = Extract<ClockName, 'acceptance' | 'first_response' | 'sales_inactivity'>;

/** A step of a running clock and the instant at which it falls due. */
export interface DueStep {
  readonly index: number;
  readonly due: Instant;
  readonly step: ClockStep;
}

/** What the step `index` does; an index that a shorter policy no longer has means its last step. */
export function stepAt(policy: Policy, clock: SteppedClock, lane: Lane, index: number): ClockStep {
  const { steps } = clockPolicy(policy, clock, lane);
  const step = steps[Math.min(index, steps.length - 1)];
  if (step === undefined) throw new Error(`the ${clock} clock has no steps`);
  return step;
}

/** When a clock that started at `startedAt` has run out. */
export function endOf(policy: Policy, clock: SteppedClock, lane: Lane, startedAt: Instant): Instant {
  return startedAt + parseDuration(clockPolicy(policy, clock, lane).after);
}

/**
 * The step `index` of a clock that started at `startedAt`; null behind the last one.
 * @param lane which first-response clock applies
 */
export function stepOf(
  policy: Policy,
  clock: SteppedClock,
  lane: Lane,
  startedAt: Instant,
  index: number,
): DueStep | null {
  const { after, steps } = clockPolicy(policy, clock, lane);
  const step = steps[index];
  if (step === undefined) return null;
  return { index, step, due: startedAt + Math.floor((parseDuration(after) * step.at) / 100) };
}

/** All steps of a clock that started at `startedAt`, in the order in which they fall due. */
export function stepsOf(
  policy: Policy,
  clock: SteppedClock,
  lane: Lane,
  startedAt: Instant,
): readonly DueStep[] {
  return clockPolicy(policy, clock, lane).steps.flatMap((_, index) => {
    const step = stepOf(policy, clock, lane, startedAt, index);
    return step === null ? [] : [step];
  });
}

function clockPolicy(policy: Policy, clock: SteppedClock, lane: Lane): ClockPolicy {
  switch (clock) {
    case 'acceptance':
      return policy.clocks.acceptance;
    case 'first_response':
      return firstResponseOf(policy, lane);
    case 'sales_inactivity':
      return policy.clocks.salesInactivity;
  }
}

function firstResponseOf({ clocks, handOffs, triggers = [] }: Policy, lane: Lane): ClockPolicy {
  if (lane === 'standard') return clocks.firstResponse;
  if (lane === 'fit') return handOffs.fitOnly?.firstResponse ?? clocks.firstResponse;
  // A trigger that another policy knew is a raised hand all the same.
  return triggers.find(({ id }) => id === lane)?.firstResponse ?? clocks.firstResponseHandRaiser;
}
