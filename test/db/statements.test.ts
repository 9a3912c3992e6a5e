import { afterEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { LeadCapture, LeadEvent } from '../../src/leads/ingest.types.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { ADMIN, asRep, useWorld } from './world.js';

const world = useWorld(async (w) => {
  await w.use(TEST_POLICY);
  await w.pool('sdr', ['rep-1', 'rep-2']);
});

type Query = (this: pg.Client, ...args: unknown[]) => unknown;
const driver = pg.Client.prototype as unknown as { query: Query };
const original = driver.query;
afterEach(() => {
  driver.query = original;
});

/** The statements that are sent to PostgreSQL meanwhile, `START TRANSACTION` and `COMMIT` among them. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  driver.query = function (...args) {
    const [first] = args;
    sent.push(typeof first === 'string' ? first : JSON.stringify(first));
    return original.apply(this, args);
  };
  try {
    await work();
  } finally {
    driver.query = original;
  }
  return sent;
}

/** Names what was sent where there is too much of it. */
const expectAtMost = (most: number, sent: readonly string[]): void => {
  expect(sent.at(-1)).toBe('COMMIT');
  expect({ most, within: sent.length <= most, sent }).toMatchObject({ within: true });
};

const newLead = (i: number): LeadCapture => ({
  keys: { externalIds: [{ source: 'crm', id: `bulk-${i}` }], email: `bulk-${i}@example.com` },
  name: `Somebody ${i}`,
  source: 'ads',
  fields: { industry: i % 2 === 0 ? 'software' : 'farming' },
  events: [world.event(i % 10 === 0 ? 'demo_request' : 'pricing_page')],
});

describe('the statements of one transaction', () => {
  it('are at most 9 for 100 new leads with an event each', async () => {
    const leads = Array.from({ length: 100 }, (_, i) => newLead(i));
    const sent = await statementsOf(async () => {
      const results = await world.ingest.captureLeads(leads, ADMIN);
      expect(results.filter(({ status }) => status === 'created')).toHaveLength(100);
    });
    expectAtMost(9, sent);
  });

  it('are at most 11 for 1,000 events and changed fields of 100 known leads', async () => {
    const events = Array.from({ length: 1_000 }, (_, i): LeadEvent => ({
      ...world.event('pricing_page'),
      lead: { externalIds: [{ source: 'crm', id: `bulk-${i % 100}` }], email: `new-${i % 100}@example.com` },
    }));
    const sent = await statementsOf(async () => {
      const results = await world.ingest.recordEvents(events, ADMIN);
      expect(results.filter(({ status }) => status === 'recorded')).toHaveLength(1_000);
    });
    expectAtMost(11, sent);
  });

  it('are at most 9 for an offer, 6 for its acceptance', async () => {
    const events = [1, 2, 3].map(() => world.event('pricing_page'));
    const lead = await world.capture({ fields: { industry: 'software' }, events });
    const at = world.clock.now();
    const offer = await statementsOf(() => world.apply({ leadId: lead, at, command: null }));
    expect(await world.situation(lead)).toBe('mql.offered');
    expectAtMost(9, offer);

    const rep = (await world.holder(lead)) ?? '';
    const { inputId } = await world.store(lead, 'accept', {}, asRep(rep));
    const accept = await statementsOf(() => world.apply({ leadId: lead, at, command: inputId }));
    expect(await world.situation(lead)).toBe('sal');
    expectAtMost(6, accept);
  });
});
