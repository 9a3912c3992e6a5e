import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  awardEntry,
  eventAwards,
  fitAwards,
  awardChanges,
  reversalEntry,
  standingEntries,
} from '../../../src/domain/scoring/awards.js';
import type { ScoreEntry } from '../../../src/domain/scoring/score.js';
import { size } from '../../support/size.js';
import { scoring, START } from './policies.js';

describe('an event', () => {
  it('earns the points of every rule of its kind that matches', () => {
    const awards = eventAwards(scoring, { kind: 'page_view', properties: { page: 'Pricing' } });
    expect(awards).toEqual([
      { rule: 'pricing', group: 'engagement', micro: 25_000_000 },
      { rule: 'any-page', group: 'engagement', micro: 500_000 },
    ]);
  });

  it('earns nothing when its kind or its properties do not match', () => {
    expect(eventAwards(scoring, { kind: 'other', properties: {} })).toEqual([]);
    const inherited = { ...scoring.events[0]!, where: { constructor: { present: true } } };
    expect(eventAwards({ ...scoring, events: [inherited] }, { kind: 'page_view', properties: {} })).toEqual(
      [],
    );
  });

  it('from the future counts from when it was recorded', () => {
    const [award] = eventAwards(scoring, { kind: 'surge', properties: {} });
    const context = { n: 7, recorded: START, cause: 'e' };
    expect(awardEntry(award!, START + 60_000, context)).toMatchObject({
      n: 7,
      occurred: START,
      reverses: null,
    });
    expect(awardEntry(award!, START - 60_000, context)).toMatchObject({ occurred: START - 60_000 });
  });
});

describe('an update of the fields', () => {
  const fields = { industry: 'software', size: '60', title: 'Head of Sales' };

  it('is worth what every matching fit rule gives', () => {
    expect(fitAwards(scoring, fields).map(({ rule }) => rule)).toEqual(['industry', 'size', 'title']);
    expect(fitAwards(scoring, { title: 'clerk' })).toEqual([]);
  });

  it('reverses what no longer holds, adds what is new and leaves what is equal', () => {
    const standing = fitAwards(scoring, { industry: 'software', size: 60 });
    const changes = awardChanges(standing, fitAwards(scoring, { size: 70, title: 'head' }));
    expect(changes.reverse.map(({ rule }) => rule)).toEqual(['industry']);
    expect(changes.add.map(({ rule }) => rule)).toEqual(['title']);
  });

  it('reverses and adds a rule whose points have changed', () => {
    const next = [{ rule: 'size', group: 'company', micro: 1 }];
    const changes = awardChanges([{ rule: 'size', group: 'company', micro: 2 }], next);
    expect(changes).toEqual({ reverse: [{ rule: 'size', group: 'company', micro: 2 }], add: next });
  });

  it('leaves a ledger in which exactly the present awards stand, whatever came before', () => {
    const updates = fc.array(
      fc.record({
        industry: fc.constantFrom('software', 'retail', null),
        size: fc.constantFrom(10, 60, null),
        title: fc.constantFrom('head', 'clerk', null),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(updates, (history) => {
        let ledger: ScoreEntry[] = [];
        for (const [i, update] of history.entries()) {
          const { reverse, add } = awardChanges(
            standingEntries(scoring.fit, ledger),
            fitAwards(scoring, update),
          );
          const context = () => ({ n: ledger.length + 1, recorded: START + i, cause: `update-${i}` });
          for (const entry of reverse) ledger = [...ledger, reversalEntry(entry, context())];
          for (const award of add) ledger = [...ledger, awardEntry(award, START + i, context())];
        }
        const standing = standingEntries(scoring.fit, ledger).map(({ rule, group, micro }) => ({
          rule,
          group,
          micro,
        }));
        const byRule = (a: { rule: string }, b: { rule: string }) => (a.rule < b.rule ? -1 : 1);
        expect(standing.sort(byRule)).toEqual(fitAwards(scoring, history.at(-1) ?? {}).sort(byRule));
      }),
      { numRuns: size(100, 5_000) },
    );
  });
});
