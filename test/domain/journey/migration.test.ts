import { describe, expect, it } from '@jest/globals';
import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import { HOUR, MINUTE } from '../../../src/domain/time.js';
import { runIn, type Run } from './run.js';
import { TEST_POLICY } from './test-policy.js';

const OTHER = { migration: 'pm_1', to: 'policy-2' };

/** The same policy with another first-response clock. */
const responding = (after: string): Policy => ({
  ...TEST_POLICY,
  clocks: {
    ...TEST_POLICY.clocks,
    firstResponse: {
      after,
      steps: [
        { at: 50, do: 'remind' },
        { at: 100, do: 'reassign' },
      ],
    },
  },
});

const migrate = (run: Run, policy: Policy) => {
  Object.assign(run, { policy });
  return run.give({ kind: 'policy_migrated', body: OTHER });
};
const running = (run: Run, clock: string) =>
  run.journey.deadlines.find((deadline) => deadline.clock === clock);

describe('a lead that is moved to another policy', () => {
  it('follows it at once where no hand-off is open', () => {
    const run = runIn('mql.early');
    expect(migrate(run, TEST_POLICY)).toMatchObject({ type: 'decision', effects: [] });
    expect(run.journey).toMatchObject({ policy: 'policy-2', pendingPolicy: null, stage: 'mql' });
  });

  it('keeps its rules while a rep decides, and follows the new ones when the hand-off has ended', () => {
    const run = runIn('mql.offered');
    const { deadlines } = run.journey;
    migrate(run, responding('1 minute'));
    expect(run.journey).toMatchObject({ policy: 'policy-1', pendingPolicy: OTHER });
    expect(run.journey.deadlines).toEqual(deadlines);
    expect(run.give({ kind: 'pending_policy', body: {} }).type).toBe('nothing');

    run.give({ kind: 'accept', body: {}, actor: { kind: 'rep', id: 'ana', onBehalfOf: null } });
    expect(run.situation).toBe('sal');
    expect(run.give({ kind: 'pending_policy', body: {} }).type).toBe('decision');
    expect(run.journey).toMatchObject({ policy: 'policy-2', pendingPolicy: null });
    expect(run.give({ kind: 'pending_policy', body: {} }).type).toBe('nothing');
  });

  it('stays where it is when the migration is undone before its hand-off has ended', () => {
    const run = runIn('mql.offered');
    migrate(run, TEST_POLICY);
    run.give({ kind: 'policy_migrated', body: { migration: 'pm_2', to: 'policy-1' } });
    expect(run.journey).toMatchObject({ policy: 'policy-1', pendingPolicy: null });
  });

  it('has its running clocks by the new lengths from their own start', () => {
    const run = runIn('sal');
    const started = running(run, 'first_response')?.startedAt ?? NaN;
    run.until(run.at + 10 * MINUTE);
    migrate(run, responding('6 hours'));
    expect(running(run, 'first_response')).toMatchObject({
      startedAt: started,
      step: 0,
      due: started + 3 * HOUR,
    });
  });

  it('leaves out the steps that have passed by now', () => {
    const run = runIn('sal');
    const started = running(run, 'first_response')?.startedAt ?? NaN;
    run.until(run.at + 20 * MINUTE);
    migrate(run, responding('30 minutes'));
    expect(running(run, 'first_response')).toMatchObject({ step: 1, due: started + 30 * MINUTE });
  });

  it('is overdue at once where it has waited for longer than the new policy allows', () => {
    const run = runIn('sal');
    const started = running(run, 'first_response')?.startedAt ?? NaN;
    run.until(run.at + 20 * MINUTE);
    migrate(run, responding('10 minutes'));
    expect(running(run, 'first_response')).toMatchObject({ step: 1, due: started + 10 * MINUTE });
    run.until(run.at);
    expect(run.situation).toBe('mql.offered');
  });

  it('changes nothing twice', () => {
    const run = runIn('sal');
    migrate(run, TEST_POLICY);
    const { journey } = run;
    expect(migrate(run, TEST_POLICY).type).toBe('nothing');
    expect(run.journey).toBe(journey);
  });
});
