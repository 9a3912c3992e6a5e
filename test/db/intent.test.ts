import { describe, expect, it } from '@jest/globals';
import { DAY } from '../../src/domain/time.js';
import type { AccountSignal } from '../../src/leads/ingest.types.js';
import { createScoreQueries } from '../../src/leads/score-queries.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { useRelay } from '../outbox/test-relay.js';
import { ADMIN, useWorld, type World } from './world.js';

const rung: string[] = [];
const relay = useRelay({
  world: (): World => world,
  gateway: () => ({ ring: async (leadId) => void rung.push(leadId) }),
});

const world = useWorld(async (w) => {
  const { scoring } = TEST_POLICY;
  await w.use({
    ...TEST_POLICY,
    scoring: {
      ...scoring,
      groups: { ...scoring.groups, intent: { part: 'implicit', cap: 60, scaledByFit: true } },
      intent: [
        {
          id: 'surge',
          group: 'intent',
          event: 'research',
          window: '7 days',
          baseline: '28 days',
          surge: { atLeast: 2, ratio: 2 },
          points: 50,
        },
      ],
    },
  });
});

const drain = () => relay().drain();
let n = 0;
const signal = (domain: string, at = world.clock.now()): AccountSignal => {
  n += 1;
  return {
    domain,
    source: 'vendor',
    id: `s${n}`,
    kind: 'research',
    occurredAt: at,
    properties: { topic: 'crm' },
  };
};
const score = async (lead: string) =>
  createScoreQueries({ dataSource: world.dataSource, clock: world.clock, policies: world.policies }).score(
    lead,
    {
      ...{ at: null, as: 'known', before: null, limit: 100 },
    },
  );
const intentOf = async (lead: string) => (await score(lead)).reading.groups['intent'];
const entriesOf = (lead: string) =>
  world.query<{ micro: number }>(
    `select micro from score_entry where lead_id = $1 and rule = 'surge' order by n`,
    [lead],
  );
const leadAt = (email: string, industry = 'software') =>
  world.capture({ keys: { email }, fields: { industry } });

describe('what an account looks for elsewhere', () => {
  it('lifts every lead of the account once, as far as each fits, also one that comes later', async () => {
    const [ada, bob] = [await leadAt('ada@engines.example'), await leadAt('bob@engines.example', 'farming')];
    const other = await leadAt('eve@looms.example');
    await world.ingest.recordSignals([signal('Engines.example ')]);
    await drain();
    expect(await intentOf(ada)).toBe(0);
    await world.ingest.recordSignals([signal('engines.example'), signal('engines.example')]);
    await drain();
    // 80 of explicit let 80 % of 50 count; without fit nothing counts, though the surge is the same.
    expect([await intentOf(ada), await intentOf(bob), await intentOf(other)]).toEqual([40_000_000, 0, 0]);
    expect(await entriesOf(bob)).toEqual([{ micro: 50_000_000 }]);
    await drain();
    expect(await entriesOf(ada)).toHaveLength(1);
    const late = await leadAt('joe@mail.example');
    await world.ingest.captureLeads(
      [{ keys: { id: late }, fields: { company_domain: 'engines.example' } }],
      ADMIN,
    );
    await drain();
    expect(await intentOf(late)).toBe(40_000_000);
    // Who leaves the account leaves its surge.
    await world.ingest.captureLeads(
      [{ keys: { id: late }, fields: { company_domain: 'looms.example' } }],
      ADMIN,
    );
    await drain();
    expect(await intentOf(late)).toBe(0);
    // The score has changed where the journey cares: it is rung.
    expect(rung).toContain(ada);
  });

  it('is no surge any more when signals of the time before come late', async () => {
    const lead = await leadAt('ada@looms2.example');
    await world.ingest.recordSignals([signal('looms2.example'), signal('looms2.example')]);
    await drain();
    expect(await entriesOf(lead)).toEqual([{ micro: 50_000_000 }]);
    const before = Array.from({ length: 5 }, () => signal('looms2.example', world.clock.now() - 20 * DAY));
    await world.ingest.recordSignals(before);
    await drain();
    // Five in four weeks, twice of which is two and a half: two are too few. But then, five in one week were many.
    const { entries } = await score(lead);
    const surges = entries.filter(({ rule }) => rule === 'surge');
    expect(surges.map(({ micro }) => micro)).toEqual([50_000_000, -50_000_000, 50_000_000]);
    expect(surges[0]!.occurred).toBe(world.clock.now() - 20 * DAY);
  });

  it('is also what one of its leads does, and repeats count once', async () => {
    const lead = await leadAt('ada@mills.example');
    const event = { ...world.event('research'), lead: { id: lead } };
    await world.ingest.recordEvents([event, { ...world.event('research'), lead: { id: lead } }], ADMIN);
    await world.ingest.recordEvents([event], ADMIN);
    const same = { ...signal('mills.example'), source: event.source, id: event.id };
    expect(await world.ingest.recordSignals([same])).toEqual([{ index: 0, status: 'duplicate' }]);
    await drain();
    expect(await entriesOf(lead)).toEqual([{ micro: 50_000_000 }]);
    expect(await world.query(`select 1 from intent_signal where account = 'mills.example'`)).toHaveLength(2);
  });

  it('is refused for a provider of mail for anybody, for no domain, and from the future', async () => {
    const results = await world.ingest.recordSignals([
      signal('gmail.com'),
      signal('engines'),
      signal('engines.example', world.clock.now() + DAY),
      signal('engines.example'),
    ]);
    expect(results.map((one) => (one.status === 'fault' ? one.fault.code : one.status))).toEqual([
      'no_account',
      'no_account',
      'in_the_future',
      'recorded',
    ]);
    const lead = await leadAt('somebody@gmail.com');
    await world.ingest.recordEvents(
      [1, 2, 3].map(() => ({ ...world.event('research'), lead: { id: lead } })),
      ADMIN,
    );
    await drain();
    expect(await entriesOf(lead)).toEqual([]);
  });
});
