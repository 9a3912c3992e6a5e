import { describe, expect, it } from '@jest/globals';
import type { ApprovalRule } from '../../../src/domain/policy/approval.js';
import { agreementAt, missingFor, type PolicyStep, stateOf } from '../../../src/domain/policy/lifecycle.js';

const step = (
  policy: string,
  kind: PolicyStep['kind'],
  more: Partial<PolicyStep> = {},
): Omit<PolicyStep, 'n'> => ({
  policy,
  kind,
  team: null,
  at: 0,
  from: null,
  emergency: false,
  against: null,
  rule: null,
  ...more,
});
const at = (steps: readonly Omit<PolicyStep, 'n'>[], now = 0) =>
  agreementAt(
    steps.map((one, i) => ({ ...one, n: i + 1 })),
    now,
  );
const approval = (policy: string, team: 'marketing' | 'sales', against: string | null) =>
  step(policy, 'approved', { team, against, rule: 'both' });

const FIRST = [step('a', 'drafted'), step('a', 'activated', { rule: 'both' })];

describe('where a policy stands', () => {
  const states = (steps: readonly Omit<PolicyStep, 'n'>[], policy: string, rule: ApprovalRule = 'both') =>
    steps.map((_, i) => stateOf(policy, at(steps.slice(0, i + 1)), rule));

  it('goes from draft to active, and retires when another one is activated', () => {
    const steps = [
      ...FIRST,
      step('b', 'drafted'),
      step('b', 'proposed'),
      approval('b', 'sales', 'a'),
      approval('b', 'marketing', 'a'),
      step('b', 'activated', { against: 'a', rule: 'both' }),
    ];
    expect(states(steps, 'b')).toEqual([
      'draft',
      'draft',
      'draft',
      'proposed',
      'proposed',
      'approved',
      'active',
    ]);
    expect(states(steps, 'a').at(-1)).toBe('retired');
  });

  it('is rejected until it is proposed anew, and then nothing is approved yet', () => {
    const steps = [
      ...FIRST,
      step('b', 'proposed'),
      approval('b', 'marketing', 'a'),
      step('b', 'rejected', { team: 'sales' }),
      step('b', 'proposed'),
      approval('b', 'sales', 'a'),
    ];
    expect(states(steps, 'b').slice(2)).toEqual(['proposed', 'proposed', 'rejected', 'proposed', 'proposed']);
  });

  it('falls back to proposed when another policy was agreed meanwhile: that change was not approved', () => {
    const steps = [
      ...FIRST,
      step('b', 'proposed'),
      approval('b', 'sales', 'a'),
      approval('b', 'marketing', 'a'),
      step('c', 'activated', { against: 'a', rule: 'sales' }),
    ];
    expect(states(steps, 'b').slice(-2)).toEqual(['approved', 'proposed']);
  });
});

describe('an activation with a date', () => {
  const scheduled = [...FIRST, step('b', 'activated', { at: 5, from: 10 })];

  it('is in force from that instant on', () => {
    expect(at(scheduled, 9)).toMatchObject({ active: { policy: 'a' }, scheduled: { policy: 'b' } });
    expect(stateOf('b', at(scheduled, 9), 'both')).toBe('scheduled');
    expect(at(scheduled, 10)).toMatchObject({ active: { policy: 'b' }, scheduled: null, agreed: 'b' });
  });

  it('never is when it was called off', () => {
    const calledOff = [...scheduled, step('b', 'retired', { at: 9 })];
    expect(at(calledOff, 9)).toMatchObject({ active: { policy: 'a' }, scheduled: null });
    expect(at(calledOff, 99)).toMatchObject({ active: { policy: 'a' }, scheduled: null, agreed: 'a' });
    expect(stateOf('b', at(calledOff, 99), 'both')).toBe('retired');
  });
});

describe('an emergency', () => {
  const emergency = step('b', 'activated', { emergency: true, against: 'a', rule: 'both' });
  const agreed = (...steps: Omit<PolicyStep, 'n'>[]) => at([...FIRST, emergency, ...steps]).agreed;

  it('is in force at once, but what was agreed stays what changes are compared with', () => {
    expect(at([...FIRST, emergency])).toMatchObject({ active: { policy: 'b' }, agreed: 'a' });
    expect(agreed(approval('b', 'sales', 'a'))).toBe('a');
    expect(agreed(approval('b', 'sales', 'a'), approval('b', 'marketing', 'a'))).toBe('b');
    expect(agreed(approval('b', 'sales', 'a'), approval('b', 'marketing', 'x'))).toBe('a');
  });

  it('keeps the approvals that it had before', () => {
    const steps = [...FIRST, step('b', 'proposed'), approval('b', 'marketing', 'a'), emergency];
    expect(at(steps).agreed).toBe('a');
    expect(missingFor(at(steps).standings.get('b')!, emergency)).toEqual(['sales']);
    expect(at([...steps, approval('b', 'sales', 'a')]).agreed).toBe('b');
  });

  it('loses its approvals by a veto, and stays in force', () => {
    const steps = [
      approval('b', 'marketing', 'a'),
      step('b', 'rejected', { team: 'sales' }),
      approval('b', 'sales', 'a'),
    ];
    expect(agreed(...steps)).toBe('a');
    expect(at([...FIRST, emergency, ...steps]).active?.policy).toBe('b');
  });

  it('that was followed by another without approval is not what changes are compared with', () => {
    const next = step('c', 'activated', { emergency: true, against: 'a', rule: 'both' });
    expect(agreed(next)).toBe('a');
    expect(agreed(approval('b', 'sales', 'a'), approval('b', 'marketing', 'a'), next)).toBe('b');
    // Proposed once more, it has been agreed nevertheless.
    expect(
      agreed(approval('b', 'sales', 'a'), approval('b', 'marketing', 'a'), next, step('b', 'proposed')),
    ).toBe('b');
  });
});
