import { describe, expect, it } from '@jest/globals';
import type { Row } from '../../src/domain/journey/row.js';
import { MICRO } from '../../src/domain/scoring/score.js';
import { DAY, HOUR, MINUTE, floorToMinute, type Instant } from '../../src/domain/time.js';
import { createReps } from '../../src/reps/reps.js';
import { leadWorkflowId } from '../../workflows/lead.messages.js';
import { ADMIN, TEST_KEY, useWorld, type World } from '../db/world.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { useRelay } from '../outbox/test-relay.js';
import { fastForward } from '../support/temporal.js';
import { useShell, until } from './shell.js';

const shell = useShell((request) => world.apply(request));
const relay = useRelay({ world: () => world, gateway: () => shell().gateway });
const world: World = useWorld(async (w) => {
  w.clock.set(Date.now());
  await w.use(TEST_POLICY);
  await w.pool('sdr', ['rep-1', 'rep-2', 'rep-3']);
});

/** Captures a lead and lets the relay start its workflow. */
async function capture(pricingVisits: number): Promise<string> {
  world.clock.set(Date.now());
  const events = Array.from({ length: pricingVisits }, () => world.event('pricing_page'));
  const lead = await world.capture({ fields: { industry: 'software' }, events });
  await relay().drain();
  await until(async () => (await world.situation(lead)) !== 'inquiry', 'the lead is on its way');
  return lead;
}

const skip = (lead: string, time: number): Promise<void> =>
  fastForward(shell().temporal.client, leadWorkflowId(lead), time);

const timersFired = async (lead: string): Promise<number> => {
  const { events } = await shell().temporal.client.workflow.getHandle(leadWorkflowId(lead)).fetchHistory();
  return events?.filter(({ timerFiredEventAttributes }) => timerFiredEventAttributes).length ?? 0;
};

/** What a row did, in short: `lapsed rep-1 → offered rep-2`. */
function story({ input, result }: Row): string {
  if (!('transitions' in result)) return `${input.kind} refused`;
  const steps = result.transitions.flatMap((step) => {
    if (step.type === 'rep_excluded') return [`${step.why} ${step.rep}`];
    if (step.type === 'hand_off_moved') return [`${step.status} ${step.rep ?? ''}`.trimEnd()];
    return step.type === 'stage_entered' ? [step.reason] : [];
  });
  const told = result.effects.flatMap((effect) => (effect.type === 'notify' ? [effect.about] : []));
  return steps.length > 0 ? steps.join(' → ') : told.join(', ');
}

describe('days of clocks in a second, on a real server', () => {
  it('walk a lead that nobody accepts: remind, alert, next rep, escalate, review, nurture', async () => {
    const lead = await capture(3);
    const reps = (await world.rows(lead)).length;
    await skip(lead, 5 * DAY);
    await until(async () => (await world.situation(lead)) === 'nurture', 'the review has passed');

    const rows = (await world.rows(lead)).slice(reps);
    expect(rows.map(story)).toEqual([
      ...['reminder', 'at_risk', 'lapsed rep-1 → offered rep-2'],
      ...['reminder', 'at_risk', 'lapsed rep-2 → offered rep-3'],
      ...['reminder', 'at_risk', 'lapsed rep-3 → escalated'],
      ...['reminder', 'breached', 'nobody_accepted', 'review'],
    ]);
    // Every deadline was applied once, in order, at its own time and not before.
    const due = rows.map(({ input }) => (input.kind === 'timer' ? input.body.due : NaN));
    expect(due).toEqual([...due].sort((a, b) => a - b));
    for (const [i, { input }] of rows.entries()) expect(input.at).toBeGreaterThanOrEqual(due[i] ?? NaN);
    expect(new Set(rows.map(({ input }) => input.id)).size).toBe(rows.length);
  }, 120_000);

  it('demote a lead whose score decays at the computed minute, by one timer for each threshold that it passes', async () => {
    const lead = await capture(1);
    expect(await world.situation(lead)).toBe('mql.early');
    const [captured] = await world.rows(lead);
    const expected = firstMinuteBelow(captured?.input.occurred ?? world.clock.now());
    const before = await timersFired(lead);

    await skip(lead, expected - Date.now() - HOUR);
    expect(await world.situation(lead)).toBe('mql.early');
    await skip(lead, 2 * HOUR);
    await until(async () => (await world.situation(lead)) === 'nurture', 'the lead cools');
    const last = (await world.rows(lead)).at(-1);
    expect(story(last as Row)).toBe('decayed');
    expect(floorToMinute(last?.input.at ?? 0)).toBe(expected);
    // Once at 50 points, where an inquiry would rise, once at 40, where this lead falls.
    expect(await timersFired(lead)).toBe(before + 2);
  }, 120_000);

  it('let a lead wait visibly while all reps are paused, and offer it when one is back', async () => {
    const { dataSource, clock } = world;
    const reps = createReps({ dataSource, journalKey: TEST_KEY, clock });
    for (const rep of ['rep-1', 'rep-2', 'rep-3']) {
      await dataSource.transaction((tx) => reps.change(tx, rep, { paused: true }, ADMIN));
    }
    const lead = await capture(3);
    expect(await world.situation(lead)).toBe('mql.queued');
    expect(await world.query('select pool_id from pool_queue where lead_id = $1', [lead])).toEqual([
      { pool_id: 'sdr' },
    ]);
    await dataSource.transaction((tx) => reps.change(tx, 'rep-2', { paused: false }, ADMIN));
    await relay().drain();
    await until(async () => (await world.holder(lead)) === 'rep-2', 'the lead is offered');
    expect(await world.query('select 1 from pool_queue where lead_id = $1', [lead])).toEqual([]);
  }, 60_000);
});

/** An oracle of its own: one pricing visit of 30 points, halved every 14 days, beside 36 points of fit. */
function firstMinuteBelow(occurred: Instant): Instant {
  const total = (at: Instant): number => {
    const engagement = Math.round(30 * MICRO * 2 ** (-(at - occurred) / (14 * DAY)));
    return Math.floor((80 * MICRO * 45 + engagement * 55) / 100);
  };
  let at = floorToMinute(occurred) + MINUTE;
  while (total(at) >= 40 * MICRO) at += MINUTE;
  return at;
}
