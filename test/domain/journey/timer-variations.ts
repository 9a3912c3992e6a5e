import { inOrder } from '../../../src/domain/journey/evolve.js';
import type { ClockName } from '../../../src/domain/journey/journey.js';
import type { ClockStep } from '../../../src/domain/policy/policy.schema.js';
import {
  noAttemptsLeft,
  nobodyFree,
  nobodyAccepted,
  silentFor,
  fitAlone,
  withPolicy,
  recycledTwice,
} from './circumstances.js';
import { score, type Run } from './run.js';
import { given, type Variation } from './variation.js';

/** The steps of a clock in which `action` falls due first, as a valid policy has them. */
function stepsFor(clock: ClockName, action: ClockStep['do']): ClockStep[] {
  const ends = clock === 'sales_inactivity' ? ['recycle'] : ['reassign', 'escalate'];
  const last = clock === 'sales_inactivity' ? 'recycle' : 'reassign';
  return ends.includes(action)
    ? [{ at: 100, do: action }]
    : [
        { at: 50, do: action },
        { at: 100, do: last },
      ];
}

/** Every step that the clock's policy can have, with attempts left and without, with reps free and without. */
export function timerVariations(clock: ClockName): Variation[] {
  const actions = ['remind', 'alert_manager', 'reassign', 'escalate', 'recycle'] as const;
  const circumstances = [
    ['', () => undefined],
    ['no attempts left', noAttemptsLeft],
    ['nobody free', nobodyFree],
    ['nobody accepted', nobodyAccepted],
    ['silent', silentFor],
    ['fit alone is enough', fitAlone],
  ] as const;
  const stepped = clock === 'acceptance' || clock === 'first_response' || clock === 'sales_inactivity';
  const possible = actions.filter(
    (action) =>
      !stepped ||
      (action === 'recycle') === (clock === 'sales_inactivity') ||
      !['recycle', 'reassign', 'escalate'].includes(action),
  );
  return possible.flatMap((action) =>
    [60, 5, 70, 50].flatMap((total) =>
      circumstances.map(([name, circumstance]) => ({
        name: `${action} ${total} ${name}`.trim(),
        prepare: (run: Run) => {
          circumstance(run);
          withPolicy((policy) => {
            const steps = stepsFor(clock, action);
            const { clocks } = policy;
            return {
              ...policy,
              reviewDefault: action === 'remind' ? 'return' : action === 'recycle' ? 'disqualify' : 'nurture',
              handOffs: {
                ...policy.handOffs,
                sdr: { ...policy.handOffs.sdr, automatic: action !== 'escalate' },
              },
              clocks: {
                ...clocks,
                acceptance: { ...clocks.acceptance, steps },
                firstResponse: { ...clocks.firstResponse, steps },
                firstResponseHandRaiser: { ...clocks.firstResponseHandRaiser, steps },
                salesInactivity: { ...clocks.salesInactivity, steps },
              },
            };
          })(run);
          if (action === 'recycle') recycledTwice(run);
          // Only this clock is due: the order of deadlines has its own test.
          run.journey = {
            ...run.journey,
            deadlines: inOrder(
              run.journey.deadlines.map((deadline) =>
                deadline.clock === clock
                  ? { ...deadline, step: 0, due: run.at + 1 }
                  : { ...deadline, due: run.at + 1e12 },
              ),
            ),
          };
        },
        input: (run: Run) =>
          given({
            kind: 'timer',
            body: { clock, step: 0, due: run.at + 1 },
            at: run.at + 1,
            score: {
              ...(total === 50 ? score(50, 95, 2, 2) : score(total, total, total, 2)),
              lastEventAt: run.score.lastEventAt,
            },
          }),
      })),
    ),
  );
}
