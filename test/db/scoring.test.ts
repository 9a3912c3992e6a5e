import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldLedger } from '../../src/domain/scoring/fold.js';
import { readScore } from '../../src/domain/scoring/read.js';
import type { ScoreEntry } from '../../src/domain/scoring/score.js';
import type { LeadEvent as ScoredLeadEvent } from '../../src/domain/scoring/windows.js';
import { DAY, HOUR } from '../../src/domain/time.js';
import { verify } from '../../src/audit/verify.js';
import type { FieldValue, LeadEvent } from '../../src/leads/ingest.types.js';
import { createScoreQueries, type ScoreAs } from '../../src/leads/score-queries.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { START as SCORED_FROM } from '../domain/scoring/policies.js';
import { arrivals, byDefinition, scoring, windowLength } from '../domain/scoring/window-cases.js';
import { size } from '../support/size.js';
import { ADMIN, START, TEST_KEY, useWorld } from './world.js';

const GROUPS = {
  ...scoring.groups,
  origin: { part: 'explicit', cap: 30 },
  confirmed: { part: 'explicit', cap: 60 },
} as const;

const world = useWorld(async (w) => {
  await w.use({
    ...TEST_POLICY,
    scoring: {
      ...scoring,
      groups: GROUPS,
      fit: [
        { id: 'industry', group: 'company', field: 'industry', when: { in: ['software'] }, points: 30 },
        { id: 'from-ads', group: 'origin', field: 'source', when: { in: ['ads'] }, points: 10 },
        {
          id: 'back-by-webinar',
          group: 'origin',
          field: 'latest_source',
          when: { in: ['webinar'] },
          points: 15,
        },
      ],
      criteria: [
        { id: 'budget', group: 'confirmed', criterion: 'budget', points: 40 },
        { id: 'no-budget', group: 'confirmed', criterion: 'budget', answer: 'lost', points: -20 },
        { id: 'timeline', group: 'confirmed', criterion: 'timeline', points: 15 },
      ],
    },
  });
  await w.pool('sdr', ['rep-1']);
});

const queries = () =>
  createScoreQueries({ dataSource: world.dataSource, clock: world.clock, policies: world.policies });
const score = (lead: string, at: number | null = null, as: ScoreAs = 'known', before: number | null = null) =>
  queries().score(lead, { at, as, before, limit: 1_000 });
const record = (events: LeadEvent[]) => world.ingest.recordEvents(events, ADMIN);

/** Moved to the world's time; ids are made the lead's own. */
const toEvent = (lead: string, event: ScoredLeadEvent): LeadEvent => ({
  lead: { id: lead },
  source: event.source,
  id: `${lead} ${event.id}`,
  kind: event.kind,
  // START is a whole number of the longest window after the cases' own.
  occurredAt: event.occurredAt - SCORED_FROM + EPOCH,
  properties: event.properties as Record<string, FieldValue>,
});
const EPOCH = START - 24 * HOUR - ((START - SCORED_FROM) % (2 * HOUR));

interface StandingRow {
  readonly rule: string;
  readonly window_start: number;
  readonly micro: number;
  readonly event_id: string;
}

async function standing(lead: string): Promise<string[]> {
  const rows = await world.query<StandingRow>(
    `select w.rule, w.window_start, e.micro, v.event_id
       from score_window w join score_entry e using (lead_id, n) join event v on v.id = e.cause
      where w.lead_id = $1`,
    [lead],
  );
  return rows
    .map(({ rule, window_start, micro, event_id }) => {
      const window = (window_start - EPOCH + SCORED_FROM) / windowLength(rule);
      return `${rule} ${window} ${micro} ${event_id.split(' ')[1]}`;
    })
    .sort();
}

const sumsOf = async (lead: string) =>
  (await world.query<{ sums: string }>('select sums from score_state where lead_id = $1', [lead]))[0]?.sums;

describe('events of rules that look at several', () => {
  it('stand as the definition says, in any order of arrival and any batches, and repeats change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ all, order, batches }) => {
        const [lead, other] = [await world.capture(), await world.capture()];
        const given = order.map((event) => toEvent(lead, event));
        for (let i = 0; i < given.length;) {
          const length = batches.next().value as number;
          await record(given.slice(i, i + length));
          i += length;
        }
        expect(await standing(lead)).toEqual(byDefinition(all));
        const before = await world.query('select * from score_entry where lead_id = $1', [lead]);
        await record(given);
        expect(await world.query('select * from score_entry where lead_id = $1', [lead])).toEqual(before);
        // Brought with the lead itself, and all at once.
        await world.ingest.captureLeads(
          [{ keys: { id: other }, events: all.map((event) => toEvent(other, event)) }],
          ADMIN,
        );
        expect(await sumsOf(other)).toEqual(await sumsOf(lead));
      }),
      { numRuns: size(25, 500) },
    );
  });
});

describe('where a lead came from', () => {
  it('scores by its first source and, apart from that, by its latest', async () => {
    const lead = await world.capture({ source: 'ads' });
    expect((await score(lead)).reading.groups['origin']).toBe(10_000_000);
    await world.ingest.captureLeads([{ keys: { id: lead }, source: 'webinar' }], ADMIN);
    expect((await score(lead)).reading.groups['origin']).toBe(25_000_000);
    await world.ingest.captureLeads([{ keys: { id: lead }, source: 'other' }], ADMIN);
    expect((await score(lead)).reading.groups['origin']).toBe(10_000_000);
  });
});

describe('what sales finds out', () => {
  const answer = (lead: string, criterion: string, found: 'confirmed' | 'lost' | 'unknown') =>
    world.command(lead, 'qualification', { criterion, answer: found, confidence: null }, ADMIN);

  it('scores in the transaction of its row, and another answer takes it back', async () => {
    const lead = await world.lead();
    const confirmed = async () => (await score(lead)).reading.groups['confirmed'];
    await answer(lead, 'budget', 'confirmed');
    expect(await confirmed()).toBe(40_000_000);
    await answer(lead, 'timeline', 'confirmed');
    expect(await confirmed()).toBe(55_000_000);
    // The same again changes nothing.
    await answer(lead, 'timeline', 'confirmed');
    await answer(lead, 'budget', 'lost');
    expect(await confirmed()).toBe(-5_000_000);
    await answer(lead, 'budget', 'unknown');
    const { entries } = await score(lead);
    expect(entries.map(({ n, rule, micro, reverses }) => [n, rule, micro / 1e6, reverses]).reverse()).toEqual(
      [
        [1, 'budget', 40, null],
        [2, 'timeline', 15, null],
        [3, 'budget', -40, 1],
        [4, 'no-budget', -20, null],
        [5, 'no-budget', 20, 4],
      ],
    );
  });

  it('can lift a lead by itself', async () => {
    const fields = { industry: 'software' };
    const lead = await world.lead({ fields, events: [world.event('visit'), world.event('other')] });
    const before = await world.situation(lead);
    const lifts = { explicit: 30 + 55, needed: 50 };
    // 0.45 · 85 and a few points of engagement: no MQL yet; with pricing visits it is one.
    await answer(lead, 'budget', 'confirmed');
    await answer(lead, 'timeline', 'confirmed');
    const { reading } = await score(lead);
    expect(reading.explicit).toBe(lifts.explicit * 1e6);
    const [row] = await world.query<{ score: number }>('select score from lead where id = $1', [lead]);
    expect(row!.score).toBe(reading.total);
    expect(before).toBe('inquiry');
  });
});

describe('the answer about a score', () => {
  /** A lead with a history: what is known and what had happened differ. */
  async function withHistory(): Promise<string> {
    const lead = await world.capture({ fields: { industry: 'software' } });
    for (let i = 0; i < 6; i++) {
      world.clock.advance(7 * HOUR);
      const now = world.clock.now();
      await record([
        { ...world.event('visit', now - i * 5 * HOUR), lead: { id: lead }, properties: { page: 'pricing' } },
        { ...world.event('visit', now - 10 * 60_000), lead: { id: lead }, properties: { page: 'pricing' } },
        { ...world.event('video', now - DAY), lead: { id: lead }, properties: { minutes: i } },
      ]);
      const industry = i % 2 === 0 ? 'retail' : 'software';
      await world.ingest.captureLeads([{ keys: { id: lead }, fields: { industry } }], ADMIN);
    }
    await world.run(lead);
    return lead;
  }

  it('is what its entries give, now and at any instant, as known and as it happened', async () => {
    const from = world.clock.now();
    const lead = await withHistory();
    const ledger = [...(await score(lead)).entries].reverse();
    expect(ledger.length).toBeGreaterThan(20);
    const policy = { ...scoring, groups: GROUPS };
    const question = fc.record({
      at: fc.integer({ min: from + 1, max: world.clock.now() + 30 * DAY }),
      as: fc.constantFrom<ScoreAs>('known', 'occurred'),
    });
    await fc.assert(
      fc.asyncProperty(question, async ({ at, as }) => {
        const answered = await score(lead, at, as);
        const counts = ({ recorded, occurred }: ScoreEntry) => (as === 'known' ? recorded : occurred) <= at;
        const counted = ledger.filter(counts);
        expect([...answered.entries].reverse()).toEqual(counted);
        expect(answered.reading).toEqual(readScore(foldLedger(counted, policy), at, policy));
      }),
      { numRuns: size(40, 1_000) },
    );
    const now = await score(lead);
    const [stored] = await world.query<{ sums: string; version: number }>(
      'select sums, version from score_state where lead_id = $1',
      [lead],
    );
    const state = {
      sums: JSON.parse(stored!.sums),
      version: stored!.version,
      lastEventAt: now.reading.lastEventAt,
    };
    expect(now.reading).toEqual(readScore(state, world.clock.now(), policy));
  });

  it('tells at an instant what a decision then knew', async () => {
    const lead = await withHistory();
    for (const { input } of await world.rows(lead)) {
      const { reading } = await score(lead, input.at);
      // Entries that came later in the same millisecond are known by then, too: version by version they agree.
      if (reading.version === input.score.version) expect(reading).toEqual(input.score);
    }
    await expect(score(lead, START - 365 * DAY)).rejects.toThrow(/was not here yet/);
  });

  it('comes in pages', async () => {
    const lead = await withHistory();
    const all = (await score(lead)).entries;
    const seen: ScoreEntry[] = [];
    for (let before: number | null = null; ;) {
      const { entries } = await queries().score(lead, { at: null, as: 'known', before, limit: 7 });
      seen.push(...entries);
      const last = entries.at(-1);
      if (last === undefined) break;
      before = last.n;
    }
    expect(seen).toEqual(all);
  });

  it('says what would lift the lead, and that is so when it is done', async () => {
    const lead = await world.capture({ fields: { size: 5 } });
    const { lift, reading } = await score(lead);
    expect(reading.total).toBe(0);
    expect(lift).toMatchObject({ to: 'mql' });
    const answers: Record<string, FieldValue> = {};
    let n = 0;
    for (const step of lift?.steps ?? []) {
      if (step.type === 'ask') answers[step.field] = step.answer;
      if (step.type === 'confirm') {
        await world.command(
          lead,
          'qualification',
          { criterion: step.criterion, answer: 'confirmed', confidence: null },
          ADMIN,
        );
      }
      if (step.type !== 'do') continue;
      for (const { event, properties } of step.events) {
        const id = `lift ${String(n++).padStart(3, '0')}`;
        await record([{ ...world.event(event), id, lead: { id: lead }, properties }]);
      }
    }
    await world.ingest.captureLeads([{ keys: { id: lead }, fields: answers }], ADMIN);
    expect((await score(lead)).reading.total).toBe(lift?.total);
    expect(lift?.total).toBeGreaterThanOrEqual(50_000_000);
  });

  it('leaves nothing for an audit to find', async () => {
    const keys = new Map([[TEST_KEY.id, TEST_KEY.key]]);
    const { dataSource, clock } = world;
    for await (const step of verify({ dataSource, clock, keys, gateway: null }, {})) {
      // The pools of this test were made without their history.
      if (step.type === 'finding') expect(step.finding.kind).toBe('operations_differ');
    }
  });
});
