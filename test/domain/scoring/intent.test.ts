import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ScoringPolicy } from '../../../src/domain/policy/scoring.schema.js';
import { awardEntry, reversalEntry, standingEntries } from '../../../src/domain/scoring/awards.js';
import {
  intentChanges,
  intentSince,
  type IntentSignal,
  surgesOf,
} from '../../../src/domain/scoring/intent.js';
import type { ScoreEntry } from '../../../src/domain/scoring/score.js';
import { size } from '../../support/size.js';
import { DAY, HOUR, scoring as base } from './policies.js';

const scoring: ScoringPolicy = {
  ...base,
  intent: [
    {
      id: 'surge',
      group: 'intent',
      event: 'research',
      topics: ['CRM', 'routing'],
      window: '7 days',
      baseline: '28 days',
      surge: { atLeast: 3, ratio: 1.5 },
      points: 20,
    },
    {
      id: 'burst',
      group: 'intent',
      event: 'research',
      window: '1 day',
      baseline: '7 days',
      surge: { atLeast: 2 },
      points: 5,
    },
  ],
};

/** A Thursday, as 1970 began: windows of a week start here. */
const THURSDAY = Date.UTC(2026, 0, 1);
const NOW = THURSDAY + 20 * DAY;
let n = 0;
const signal = (days: number, topic: string | null = 'crm'): IntentSignal => {
  n += 1;
  const occurred = THURSDAY + Math.round(days * DAY);
  return { signalId: `ev_${n}`, source: 'vendor', id: `s${n}`, kind: 'research', topic, occurred };
};
const of = (rule: string, signals: readonly IntentSignal[], now = NOW) =>
  surgesOf(scoring, signals, now).filter((surge) => surge.rule === rule);

describe('a surge', () => {
  it('is many signals in a window, and as many times what the account usually has', () => {
    // Two a week are usual: three are one and a half times that.
    const usual = [1, 2, 8, 9, 15, 16, 22, 23].map((day) => signal(day - 28));
    const week = [signal(0.5), signal(1), signal(5)];
    expect(of('surge', [...usual, ...week.slice(0, 2)])).toEqual([]);
    expect(of('surge', [...usual, ...week])).toMatchObject([
      { micro: 20_000_000, occurred: week[2]!.occurred },
    ]);
    // One more before, and three are no longer that many.
    expect(of('surge', [...usual, signal(-20), ...week])).toEqual([]);
    expect(of('surge', [...usual, signal(-20), ...week, signal(6)])).toHaveLength(1);
  });

  it('counts only the topics that it names, in whatever case', () => {
    const week = ['crm', ' CRM', 'Routing'].map((topic, i) => signal(i, topic));
    expect(of('surge', week)).toHaveLength(1);
    expect(of('surge', [...week.slice(1), signal(3, 'payroll'), signal(3, null)])).toEqual([]);
    expect(of('burst', [signal(19, 'payroll'), signal(19.5, null)])).toHaveLength(1);
  });

  it('of a window that began before the baseline is not looked for any more', () => {
    const week = [signal(0), signal(1), signal(2)];
    expect(of('surge', week, THURSDAY + 27 * DAY)).toHaveLength(1);
    expect(of('surge', week, THURSDAY + 28 * DAY)).toEqual([]);
    expect(intentSince(scoring, THURSDAY + 27 * DAY)).toBeLessThanOrEqual(THURSDAY - 28 * DAY);
    expect(intentSince(base, NOW)).toBeNull();
  });

  it('stands once, whatever came in what order and how often it was looked at', () => {
    const days = fc.array(fc.integer({ min: -30 * 24, max: 19 * 24 }), { maxLength: 40 });
    fc.assert(
      fc.property(days, fc.infiniteStream(fc.boolean()), (hours, looks) => {
        const signals = hours.map((hour) => signal((hour * HOUR) / DAY));
        let ledger: ScoreEntry[] = [];
        const look = (known: readonly IntentSignal[]) => {
          const standing = standingEntries(scoring.intent ?? [], ledger);
          const { reverse, add } = intentChanges(scoring, standing, surgesOf(scoring, known, NOW), NOW);
          const next = (cause: string) => ({ n: ledger.length + 1, recorded: NOW, cause });
          for (const entry of reverse) ledger = [...ledger, reversalEntry(entry, next(entry.cause))];
          for (const { cause, occurred, ...award } of add) {
            ledger = [...ledger, awardEntry(award, occurred, next(cause))];
          }
        };
        signals.forEach((_, i) => {
          if (looks.next().value) look(signals.slice(0, i + 1));
        });
        look(signals);
        const length = ledger.length;
        look(signals);
        expect(ledger).toHaveLength(length);
        const stands = standingEntries(scoring.intent ?? [], ledger);
        const key = ({
          rule,
          micro,
          cause,
          occurred,
        }: Pick<ScoreEntry, 'rule' | 'micro' | 'cause' | 'occurred'>) =>
          `${rule} ${micro} ${cause} ${occurred}`;
        expect(stands.map(key).sort()).toEqual(surgesOf(scoring, signals, NOW).map(key).sort());
      }),
      { numRuns: size(100, 3_000) },
    );
  });
});
