import type { ClockName } from '../journey/journey.js';
import type { ClockStep, Policy } from '../policy/policy.schema.js';
import { parseDuration, type Instant } from '../time.js';

type SteppedClock = Extract<ClockName, 'acceptance' | 'first_response' | 'sales_inactivity'>;

/** A step of a running clock and the instant at which it falls due. */
export interface DueStep {
  readonly index: number;
  readonly due: Instant;
  readonly step: ClockStep;
}

/**
 * The step `index` of a clock that started at `startedAt`; null behind the last one.
 * @param urgent whether the shorter first-response clock of hand-raisers applies
 */
export function stepOf(
  policy: Policy,
  clock: SteppedClock,
  urgent: boolean,
  startedAt: Instant,
  index: number,
): DueStep | null {
  const { after, steps } = clockPolicy(policy, clock, urgent);
  const step = steps[index];
  if (step === undefined) return null;
  return { index, step, due: startedAt + Math.floor((parseDuration(after) * step.at) / 100) };
}

function clockPolicy(policy: Policy, clock: SteppedClock, urgent: boolean): Policy['clocks']['acceptance'] {
  switch (clock) {
    case 'acceptance':
      return policy.clocks.acceptance;
    case 'first_response':
      return urgent ? policy.clocks.firstResponseHandRaiser : policy.clocks.firstResponse;
    case 'sales_inactivity':
      return policy.clocks.salesInactivity;
  }
}
