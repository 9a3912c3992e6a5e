import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ScoringPolicy } from '../../../src/domain/policy/scoring.schema.js';
import {
  awardChanges,
  awardEntry,
  fieldAwards,
  fieldRules,
  reversalEntry,
  standingEntries,
} from '../../../src/domain/scoring/awards.js';
import { foldLedger } from '../../../src/domain/scoring/fold.js';
import { mustHavesIn, mustHaveState } from '../../../src/domain/scoring/must-haves.js';
import { readScore } from '../../../src/domain/scoring/read.js';
import { reasonsOf } from '../../../src/domain/scoring/reasons.js';
import { migrationCause, rescore } from '../../../src/domain/scoring/rescore.js';
import type { ScoreEntry } from '../../../src/domain/scoring/score.js';
import { size } from '../../support/size.js';
import { DAY, scoring as plain, START } from './policies.js';

const scoring: ScoringPolicy = {
  ...plain,
  mustHaves: [
    { id: 'served', field: 'country', when: { in: ['DE', 'AT'] } },
    { id: 'large', field: 'size', when: { atLeast: 10 } },
    { id: 'no-agency', field: 'agency', when: { present: false } },
  ],
};

type Fields = Readonly<Record<string, unknown>>;
const updates = fc.array(
  fc.record({
    industry: fc.constantFrom('software', 'retail', null),
    country: fc.constantFrom('DE', 'US', '', null),
    size: fc.constantFrom(3, 30, '12', null),
    agency: fc.constantFrom(true, null),
  }),
  { minLength: 1, maxLength: 6 },
);

/** The ledger as updates of fields leave it, one after another. */
function ledgerOf(history: readonly Fields[], by = scoring): readonly ScoreEntry[] {
  const ledger: ScoreEntry[] = [];
  for (const [i, fields] of history.entries()) {
    const { reverse, add } = awardChanges(standingEntries(fieldRules(by), ledger), fieldAwards(by, fields));
    const context = () => ({ n: ledger.length + 1, recorded: START + i, cause: `update-${i}` });
    for (const entry of reverse) ledger.push(reversalEntry(entry, context()));
    for (const award of add) ledger.push(awardEntry(award, START + i, context()));
  }
  return ledger;
}

/** What the fields say, asked directly. */
const expected = (fields: Fields, by = scoring) => {
  const those = (state: string) =>
    (by.mustHaves ?? []).filter((one) => mustHaveState(one, fields) === state).map(({ id }) => id);
  return { failed: those('failed'), unknown: those('unknown') };
};

describe('must-haves', () => {
  it.each([
    [{ country: 'de', size: '12' }, 'met'],
    [{ country: 'US' }, 'failed'],
    [{ country: ' ' }, 'unknown'],
    [{}, 'unknown'],
  ])('of %p are %s', (fields, state) => {
    const [served] = scoring.mustHaves ?? [];
    expect(mustHaveState(served!, fields)).toBe(state);
  });

  it('are in the folded ledger as the fields are now, whatever they were before', () => {
    fc.assert(
      fc.property(updates, (history) => {
        const state = foldLedger(ledgerOf(history), scoring);
        expect(mustHavesIn(state, scoring)).toEqual(expected(history.at(-1) ?? {}));
        expect(readScore(state, START + DAY, scoring)).toMatchObject(expected(history.at(-1) ?? {}));
      }),
      { numRuns: size(200, 5_000) },
    );
  });

  it('were known at an instant as the entries recorded by then say', () => {
    fc.assert(
      fc.property(updates, (history) => {
        const ledger = ledgerOf(history);
        for (const [i, fields] of history.entries()) {
          const then = ledger.filter(({ recorded }) => recorded <= START + i);
          expect(mustHavesIn(foldLedger(then, scoring), scoring)).toEqual(expected(fields));
        }
      }),
      { numRuns: size(100, 5_000) },
    );
  });

  it('are no points, no reasons, and no activity of the lead', () => {
    fc.assert(
      fc.property(updates, (history) => {
        const [with_, without] = [ledgerOf(history), ledgerOf(history, plain)];
        const read = (ledger: readonly ScoreEntry[], by: ScoringPolicy) => {
          const { total, explicit, implicit, groups, lastEventAt } = readScore(
            foldLedger(ledger, by),
            START + DAY,
            by,
          );
          return { total, explicit, implicit, groups, lastEventAt };
        };
        expect(read(with_, scoring)).toEqual(read(without, plain));
        expect(reasonsOf(with_, START + DAY, scoring, 9)).toEqual(reasonsOf(without, START + DAY, plain, 9));
      }),
      { numRuns: size(100, 5_000) },
    );
  });

  it('change with a migration, and come back as they were when it is undone', () => {
    const other: ScoringPolicy = {
      ...plain,
      mustHaves: [{ id: 'served', field: 'country', when: { in: ['US'] } }],
    };
    fc.assert(
      fc.property(updates, (history) => {
        const fields = history.at(-1) ?? {};
        const entries = ledgerOf(history);
        const sources = { entries, fields, events: [], signals: [], criteria: {} };
        const cause = migrationCause('m1');
        const moved = rescore(sources, scoring, other, { now: START + DAY, cause });
        expect(mustHavesIn(moved.state, other)).toEqual(expected(fields, other));
        const after = { ...sources, entries: [...entries, ...moved.entries] };
        const back = rescore(after, other, scoring, { now: START + 2 * DAY, cause: migrationCause('m2') });
        expect(mustHavesIn(back.state, scoring)).toEqual(expected(fields));
      }),
      { numRuns: size(100, 5_000) },
    );
  });
});
