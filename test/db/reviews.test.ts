import { describe, expect, it } from '@jest/globals';
import { createLeadQueries } from '../../src/leads/lead-queries.js';
import { MICRO } from '../../src/domain/scoring/score.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { ADMIN, useWorld, type World } from './world.js';

const { scoring } = TEST_POLICY;
const world: World = useWorld(async (w) => {
  await w.pool('sdr', ['ana'], null);
  await w.use({
    ...TEST_POLICY,
    scoring: {
      ...scoring,
      mismatch: { strong: 80, weak: 5 },
      events: [...scoring.events, { id: 'glance', group: 'web', event: 'glance', points: 2 }],
    },
  });
});
const reviewsOf = async (lead: string) => (await createLeadQueries(world).detail(lead)).reviews;

describe('a lead of which the two sides of the score disagree', () => {
  it('shows what speaks for and against, and what a person made of it', async () => {
    const lead = await world.lead({ fields: { industry: 'software' }, events: [world.event('glance')] });
    expect(await world.situation(lead)).toBe('review');
    const open = {
      ...{ reason: 'mismatch', reviewer: 'marketing', resolution: null },
      fit: {
        score: 80 * MICRO,
        reasons: [{ rule: 'industry', group: 'fit', worth: 36 * MICRO }],
      },
      engagement: { score: 2 * MICRO, reasons: [{ rule: 'glance', group: 'web', worth: 1.1 * MICRO }] },
    };
    expect(await reviewsOf(lead)).toEqual([expect.objectContaining(open)]);

    await world.command(lead, 'review', { decision: 'nurture' }, ADMIN);
    // What comes afterwards is no evidence of what was known then.
    await world.ingest.recordEvents([{ ...world.event('pricing_page'), lead: { id: lead } }], ADMIN);
    expect(await reviewsOf(lead)).toEqual([
      expect.objectContaining({
        ...open,
        resolution: expect.objectContaining({ decision: 'nurture', by: 'person', actor: ADMIN }) as unknown,
      }),
    ]);
  });

  it('says when nobody decided in time', async () => {
    const lead = await world.lead({ fields: { industry: 'software' } });
    world.clock.advance(4 * 86_400_000);
    await world.run(lead);
    expect(await reviewsOf(lead)).toEqual([
      expect.objectContaining({ resolution: expect.objectContaining({ by: 'default' }) as unknown }),
    ]);
  });

  it('has none where it never was in review', async () => {
    expect(await reviewsOf(await world.lead())).toEqual([]);
  });
});
