import { describe, expect, it } from '@jest/globals';
import { nextWakeUp } from '../../../src/leads/apply-wake.js';
import type { LockedLead } from '../../../src/leads/lead-store.js';
import { BYPASSES, type Policy } from '../../../src/domain/policy/policy.schema.js';
import { DAY, HOUR, MINUTE } from '../../../src/domain/time.js';
import { asRep, type Run, runIn, score } from './run.js';
import { TEST_POLICY } from './test-policy.js';

const clock = (after: string): NonNullable<Policy['triggers']>[number]['firstResponse'] => ({
  after,
  steps: [{ at: 100, do: 'reassign' }],
});
const { scoring, handOffs } = TEST_POLICY;
const POLICY: Policy = {
  ...TEST_POLICY,
  scoring: { ...scoring, thresholds: { ...scoring.thresholds, fitOnly: 90, sql: 80 } },
  handOffs: { ...handOffs, fitOnly: { pool: 'vip', firstResponse: clock('2 days') } },
  triggers: [
    {
      id: 'trial',
      event: 'trial',
      bypasses: [...BYPASSES],
      mode: 'offer',
      firstResponse: clock('5 minutes'),
    },
    { id: 'webinar', event: 'webinar', bypasses: ['threshold'] },
  ],
};

const raise = (run: Run, trigger: string | null, total = 0) =>
  run.give({
    kind: 'hand_raised',
    body: { event: 'ev', disqualifier: null, trigger },
    score: score(total, total, total, 2),
  });
const responseDue = (run: Run): number | undefined =>
  run.journey.deadlines.find((deadline) => deadline.clock === 'first_response')?.due;

describe('a lane', () => {
  it('of a trigger has its own way of handing over and its own response time', () => {
    const run = runIn('inquiry', POLICY);
    raise(run, 'trial');
    expect(run.journey).toMatchObject({
      lane: 'trial',
      handOff: { status: 'offered', trigger: 'hand_raiser' },
    });
    expect(responseDue(run)).toBe(run.at + 5 * MINUTE);
    const handRaiser = runIn('inquiry', POLICY);
    raise(handRaiser, null);
    expect(handRaiser.journey).toMatchObject({ lane: 'hand_raiser', handOff: { status: 'assigned' } });
    // Its first step, half-way: the clock of hand-raisers is the policy's 15 minutes.
    expect(responseDue(handRaiser)).toBe(handRaiser.at + 7.5 * MINUTE);
  });

  it('of fit alone needs no engagement, waits for no review, and has its own pool and time', () => {
    const run = runIn('inquiry', POLICY);
    run.give({ kind: 'score', body: {}, score: score(42, 95, 0, 2) });
    expect(run.journey).toMatchObject({
      lane: 'fit',
      handOff: { trigger: 'fit', pool: 'vip', rep: 'vera' },
    });
    expect(responseDue(run)).toBe(run.at + 2 * DAY);
    const mismatched = runIn('inquiry');
    mismatched.give({ kind: 'score', body: {}, score: score(42, 95, 0, 2) });
    expect(mismatched.situation).toBe('review');
  });

  it('gives way to a shorter one when the lead asks for sales meanwhile, and to no longer one', () => {
    const run = runIn('inquiry', POLICY);
    run.give({ kind: 'score', body: {}, score: score(42, 95, 0, 2) });
    raise(run, 'trial');
    expect(run.journey.lane).toBe('trial');
    expect(responseDue(run)).toBe(run.at + 5 * MINUTE);
    run.at += MINUTE;
    const due = responseDue(run);
    raise(run, null);
    expect([run.journey.lane, responseDue(run)]).toEqual(['trial', due]);
  });

  it('is the standard one again after the lead was given back', () => {
    const run = runIn('inquiry', POLICY);
    raise(run, 'trial');
    run.give({ kind: 'reject', body: { reason: 'bad_timing' }, actor: asRep('ana') });
    expect(run.journey).toMatchObject({ stage: 'nurture', lane: 'standard' });
  });
});

describe('a trigger that does not bypass the cool-off', () => {
  it('is noted while the lead rests, and hands it off afterwards', () => {
    const run = runIn('nurture', POLICY);
    expect(raise(run, 'webinar', 20)).toMatchObject({ type: 'decision', transitions: [] });
    expect(run.situation).toBe('nurture');
    run.until(run.journey.coolOffUntil ?? NaN);
    raise(run, 'webinar', 20);
    expect(run.journey.handOff).toMatchObject({ trigger: 'hand_raiser' });
  });
});

describe('an SQL by score', () => {
  const looked = (policy: Policy, total: number) => {
    const run = runIn('sal', policy);
    run.give({ kind: 'score', body: {}, score: score(total, total, total, 2) });
    return run.situation;
  };
  it('goes to the account executive once its total is high enough', () => {
    expect(looked(POLICY, 79)).toBe('sal');
    expect(looked(POLICY, 80)).toBe('sql.offered');
    expect(looked(TEST_POLICY, 100)).toBe('sal');
  });

  it('costs leads of other policies no wake-up', () => {
    const { journey } = runIn('sal', POLICY);
    const lead = (sums: Record<string, string>): LockedLead => ({
      ...{ journey: { ...journey, deadlines: [] }, headHash: '', wakeAt: null, refusals: {}, suppressed: 0 },
      ...{ score: { version: 1, sums, lastEventAt: journey.at }, scoreHead: '' },
    });
    const engaged = lead({ fit: '80000000', web: `${95_000_000n << 64n}*2^0` });
    const wakeUp = (policy: Policy) => nextWakeUp(engaged, policy, journey.at + HOUR)?.for ?? null;
    expect([wakeUp(TEST_POLICY), wakeUp(POLICY)]).toEqual([null, 'score']);
  });
});
