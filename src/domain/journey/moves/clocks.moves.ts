import { stepOf, type SteppedClock } from '../../sla/clocks.js';
import { parseDuration, type Instant } from '../../time.js';
import type { Draft } from '../draft.js';
import { holders, type ClockName } from '../journey.js';

/** Starts a clock of the policy at its first step. */
export function startClock(d: Draft, clock: SteppedClock, from = d.at): void {
  armStep(d, clock, from, 0);
}

/** Starts a clock without steps. */
export function startPlainClock(
  d: Draft,
  clock: 'escalation' | 'review' | 'enrichment',
  after: string,
): void {
  d.emit({ type: 'clock_armed', clock, due: d.at + parseDuration(after), step: 0, startedAt: d.at });
}

export function stopClock(d: Draft, clock: ClockName): void {
  if (d.journey.deadlines.some((deadline) => deadline.clock === clock))
    d.emit({ type: 'clock_cleared', clock });
}

export const isRunning = (d: Draft, clock: ClockName): boolean =>
  d.journey.deadlines.some((deadline) => deadline.clock === clock);

/** Goes on to the next step of the clock that fell due; behind the last one it is breached. */
export function nextStep(d: Draft): void {
  const { clock, step } = d.bodyOf('timer');
  const running = d.journey.deadlines.find((deadline) => deadline.clock === clock);
  if (running === undefined) return;
  const stepped = clock === 'acceptance' || clock === 'first_response' || clock === 'sales_inactivity';
  if (!stepped || !armStep(d, clock, running.startedAt, step + 1)) breach(d, clock);
}

/** The clock's time is up: recorded once, and the clock stops; how late it gets is measured by whatever ends the wait. */
export function breach(d: Draft, clock: ClockName): void {
  d.emit({
    type: 'clock_breached',
    clock,
    rep: d.journey.handOff?.rep ?? holders(d.journey)[0]?.rep ?? null,
  });
  stopClock(d, clock);
}

/** Arms the step `index`; false behind the last one. */
export function armStep(d: Draft, clock: SteppedClock, startedAt: Instant, index: number): boolean {
  const next = stepOf(d.policy, clock, d.journey.lane, startedAt, index);
  if (next === null) return false;
  d.emit({ type: 'clock_armed', clock, due: next.due, step: next.index, startedAt });
  return true;
}
