import { afterEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import type { LeadEvent } from '../../src/leads/ingest.types.js';
import { tellStatistics } from '../bench/measure/database-counters.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { scoring } from '../domain/scoring/window-cases.js';
import { ask } from '../support/protocol.js';
import { ADMIN, START, useWorld } from './world.js';

const world = useWorld((w) => w.use({ ...TEST_POLICY, scoring: { ...scoring, fit: [] } }));
const POOL_SIZE = 20;

type Query = (this: pg.Client, ...args: unknown[]) => unknown;
const driver = pg.Client.prototype as unknown as { query: Query };
const original = driver.query;
afterEach(() => {
  driver.query = original;
});

const visit = (lead: string, minute: number): LeadEvent => ({
  ...world.event(minute % 4 === 0 ? 'video' : 'visit', START - 4_000 * HOUR + minute * MINUTE),
  lead: { id: lead },
  properties: { page: 'pricing', minutes: 3 },
});

const brought = async (events: LeadEvent[]): Promise<void> => {
  const results = await world.ingest.recordEvents(events, ADMIN);
  expect(results.every(({ status }) => status === 'recorded')).toBe(true);
};

/** Rows of each table that were read or written so far. */
async function rowsSoFar(): Promise<Map<string, number>> {
  await tellStatistics(world.dataSource, POOL_SIZE);
  const rows = await world.query<{ name: string; rows: number }>(
    `select t.relname as name,
            t.seq_tup_read + t.n_tup_ins + t.n_tup_upd + t.n_tup_del
              + coalesce((select sum(i.idx_tup_read) from pg_stat_user_indexes i where i.relid = t.relid), 0)::bigint
              as rows
       from pg_stat_user_tables t
      where t.relname in ('event', 'lead', 'score_entry', 'score_state', 'score_step', 'score_window')`,
  );
  return new Map(rows.map(({ name, rows: count }) => [name, count]));
}

/** What one event takes: statements, and rows of each table. */
interface Cost {
  readonly statements: number;
  readonly rows: Readonly<Record<string, number>>;
}

async function costOf(event: LeadEvent): Promise<Cost> {
  const before = await rowsSoFar();
  let statements = 0;
  driver.query = function (...args) {
    statements += 1;
    return original.apply(this, args);
  };
  await brought([event]);
  driver.query = original;
  const after = await rowsSoFar();
  const rows = Object.fromEntries([...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)]));
  return { statements, rows };
}

/** An index may also pass versions of rows that are no more; ten thousand events would show all the same. */
function expectNoMore(large: Cost, small: Cost): void {
  expect(large.statements).toBe(small.statements);
  for (const [table, rows] of Object.entries(large.rows)) {
    expect({ table, many: rows > 2 * (small.rows[table] ?? 0) + 10 }).toEqual({ table, many: false });
  }
}

/** What the server does by itself after a while. */
async function tidy(): Promise<void> {
  const { options } = world.dataSource;
  const url = new URL((await ask('postgres')).superuserUrl);
  url.pathname = new URL('url' in options ? (options.url ?? '') : '').pathname;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query('vacuum analyze score_step, score_window, score_entry, score_state, event, lead');
  await client.end();
}

describe('one event', () => {
  it('takes the same statements and rows for a lead of 10 events and for one of 10,000', async () => {
    const [small, large] = [await world.capture(), await world.capture()];
    for (let from = 0; from < 10_000; from += 1_000) {
      await brought(Array.from({ length: 1_000 }, (_, i) => visit(large, from + i)));
    }
    // The same last hours as the other has.
    await brought(Array.from({ length: 10 }, (_, i) => visit(small, 9_990 + i)));
    await tidy();

    for (const minute of [10_000, 10_001, 10_002]) {
      const [of10, of10000] = [await costOf(visit(small, minute)), await costOf(visit(large, minute))];
      expectNoMore(of10000, of10);
      expect(of10.statements).toBeLessThan(15);
      // The counters see it.
      expect(of10.rows['score_step']).toBeGreaterThan(0);
    }
    // One that comes late, into the middle of what is there.
    const [late10, late10000] = [await costOf(visit(small, 9_994.5)), await costOf(visit(large, 9_994.5))];
    expectNoMore(late10000, late10);
    const [{ n } = { n: 0 }] = await world.query<{ n: number }>(
      'select count(*) as n from event where lead_id = $1',
      [large],
    );
    expect(n).toBe(10_004);
  }, 240_000);
});
