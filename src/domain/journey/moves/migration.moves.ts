import { stepsOf, type SteppedClock } from '../../sla/clocks.js';
import type { Draft } from '../draft.js';
import { armStep } from './clocks.moves.js';

/**
 * The journey follows the policy that decides this input from now on. Clocks that run keep their start and go by
 * the new lengths: steps that have passed by now are left out, and what is overdue falls due at once.
 */
export function migrate(d: Draft): void {
  pin(d, d.bodyOf('policy_migrated').to);
}

/** The same for a migration that had to wait. */
export function migratePending(d: Draft): void {
  if (d.journey.pendingPolicy === null) throw new Error('no policy waits: the stage table is wrong');
  pin(d, d.journey.pendingPolicy.to);
}

/** Whoever was offered the lead decides under the rules under which it was offered. */
export function deferMigration(d: Draft): void {
  const { migration, to } = d.bodyOf('policy_migrated');
  d.emit({ type: 'policy_pending', migration: to === d.journey.policy ? null : { migration, to } });
}

const STEPPED: readonly SteppedClock[] = ['acceptance', 'first_response', 'sales_inactivity'];

function pin(d: Draft, policy: string): void {
  // A later migration may have gone back to the policy that the journey follows.
  if (policy === d.journey.policy) {
    d.emit({ type: 'policy_pending', migration: null });
    return;
  }
  d.emit({ type: 'policy_pinned', policy });
  for (const clock of STEPPED) {
    const running = d.journey.deadlines.find((deadline) => deadline.clock === clock);
    if (running === undefined) continue;
    const steps = stepsOf(d.policy, clock, d.journey.lane, running.startedAt);
    const next = steps.find(({ due }) => due > d.at) ?? steps.at(-1);
    if (next === undefined || (next.due === running.due && next.index === running.step)) continue;
    armStep(d, clock, running.startedAt, next.index);
  }
}
