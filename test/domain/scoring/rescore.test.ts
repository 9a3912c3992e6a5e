import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ScoringPolicy } from '../../../src/domain/policy/scoring.schema.js';
import { foldLedger } from '../../../src/domain/scoring/fold.js';
import { readScore } from '../../../src/domain/scoring/read.js';
import {
  migrationCause,
  rescore,
  type ScoreSources,
  standingLedger,
} from '../../../src/domain/scoring/rescore.js';
import type { ScoreEntry } from '../../../src/domain/scoring/score.js';
import { size } from '../../support/size.js';
import { DAY, HOUR, scoring as plainRules, START } from './policies.js';

const runs = { numRuns: size(150, 5_000) };
const NOW = START + DAY;
/** Weeks of which some are closed by now, and some not. */
const research = {
  ...{ id: 'research', group: 'intent', event: 'research', window: '7 days', baseline: '14 days' },
  ...{ surge: { atLeast: 2 }, points: 10 },
};
const scoring: ScoringPolicy = { ...plainRules, intent: [research] };
const EMPTY: ScoringPolicy = { ...plainRules, fit: [], events: [] };

/** Other points, another half-life, a rule less and a rule more. */
const other: ScoringPolicy = {
  ...scoring,
  groups: { ...scoring.groups, engagement: { part: 'implicit', cap: 80, halfLife: '3 days' } },
  fit: scoring.fit.filter(({ id }) => id !== 'title'),
  events: [
    ...scoring.events.map((rule) => (rule.id === 'pricing' ? { ...rule, points: 12.5 } : rule)),
    { id: 'second-look', group: 'intent', event: 'page_view', points: 1, coolDown: '2 days' },
    { id: 'thrice', group: 'intent', event: 'page_view', points: 7, count: { atLeast: 3, within: '9 days' } },
  ],
  sequences: [
    {
      ...{ id: 'look-and-leave', group: 'withdrawal', within: '5 days', points: -3 },
      steps: [{ event: 'page_view' }, { event: 'unsubscribe' }],
    },
  ],
  intent: [{ ...research, points: 11 }],
  criteria: [{ id: 'has-budget', group: 'company', criterion: 'budget', points: 9 }],
};

const leads = fc.record({
  events: fc.array(
    fc.record({
      kind: fc.constantFrom('page_view', 'surge', 'unsubscribe', 'unheard_of'),
      properties: fc.record({ page: fc.constantFrom('pricing', 'blog') }),
      occurredAt: fc.integer({ min: START - 30 * DAY, max: START }),
    }),
    { maxLength: 12 },
  ),
  signals: fc
    .array(fc.integer({ min: START - 40 * DAY, max: START }), { maxLength: 15, size: 'max' })
    .map((instants) =>
      instants.map((occurred, i) => ({
        ...{ signalId: `s-${i}`, source: 'vendor', id: `${i}`, kind: 'research', topic: null, occurred },
      })),
    ),
  fields: fc.record({
    industry: fc.constantFrom('software', 'retail'),
    size: fc.integer({ min: 1, max: 100 }),
    title: fc.constantFrom('Head of Sales', 'Clerk'),
  }),
  criteria: fc.record({ budget: fc.constantFrom('confirmed', 'lost', 'unknown') }),
});

/** A lead with the ledger that a policy gives it from the first day on. */
const scoredBy = (policy: ScoringPolicy) =>
  leads.map(({ events, fields, signals, criteria }): ScoreSources => {
    const known = {
      fields,
      signals,
      criteria,
      events: events.map((event, i) => ({ ...event, eventId: `ev-${i}`, source: 'web', id: `${i}` })),
    };
    // Three weeks ago some windows were open that are closed now.
    const early = START - 21 * DAY;
    const knownThen = {
      ...known,
      events: known.events.filter(({ occurredAt }) => occurredAt <= early),
      signals: signals.filter(({ occurred }) => occurred <= early),
      entries: [],
    };
    const first = rescore(knownThen, EMPTY, policy, { now: early, cause: 'first' }).entries;
    const then = rescore({ ...known, entries: first }, policy, policy, { now: START, cause: 'then' });
    const entries = [...first, ...then.entries];
    return { ...known, entries };
  });

const move = (lead: ScoreSources, from: ScoringPolicy, to: ScoringPolicy, cause: string): ScoreSources => ({
  ...lead,
  entries: [...lead.entries, ...rescore(lead, from, to, { now: NOW, cause: migrationCause(cause) }).entries],
});

const plain = (entries: readonly ScoreEntry[]) =>
  standingLedger(entries)
    .map(({ rule, group, micro, occurred }) => JSON.stringify([rule, group, micro, occurred]))
    .sort();

describe('a score under another policy', () => {
  it('is what the other policy gives: events as they happened, fields from now on', () => {
    fc.assert(
      fc.property(scoredBy(scoring), (lead) => {
        const moved = rescore(lead, scoring, other, { now: NOW, cause: migrationCause('pm_1') });
        const fresh = rescore({ ...lead, entries: [] }, EMPTY, other, { now: NOW, cause: 'fresh' });
        const fits = new Set([...other.fit, ...(other.criteria ?? [])].map(({ id }) => id));
        const events = (entries: readonly ScoreEntry[]) =>
          plain(entries.filter(({ rule }) => !fits.has(rule)));
        expect(events([...lead.entries, ...moved.entries])).toEqual(events(fresh.entries));
        expect(moved.state).toEqual(foldLedger([...lead.entries, ...moved.entries], other));
      }),
      runs,
    );
  });

  it('is the former one again after the way back, at any instant', () => {
    fc.assert(
      fc.property(scoredBy(scoring), fc.integer({ min: 0, max: 60 * DAY }), (lead, later) => {
        const back = move(move(lead, scoring, other, 'pm_1'), other, scoring, 'pm_2');
        const [was, is] = [foldLedger(lead.entries, scoring), foldLedger(back.entries, scoring)];
        const at = NOW + HOUR + later;
        expect({ ...readScore(is, at, scoring), version: 0 }).toEqual({
          ...readScore(was, at, scoring),
          version: 0,
        });
        expect(is.sums).toEqual(was.sums);
      }),
      runs,
    );
  });

  it('costs no entry under the same policy', () => {
    fc.assert(
      fc.property(scoredBy(scoring), (lead) => {
        expect(rescore(lead, scoring, scoring, { now: NOW, cause: migrationCause('pm_1') }).entries).toEqual(
          [],
        );
      }),
      runs,
    );
  });
});
