import { describe, expect, it } from '@jest/globals';
import { funnelDifferences, funnelOf } from '../../examples/marketplace/own-funnel.js';
import type { LogEntry } from '../../src/play/play-log.js';

const ORIGINS = new Map([
  ['a', 'social'],
  ['b', 'social'],
  ['c', null],
]);
const answered = (command: 'accept' | 'qualify' | 'lost', seq: number, stage: string): LogEntry => ({
  did: 'answered',
  lead: 'a',
  id: 'ld_a',
  command,
  as: 'ana',
  key: `key-${seq}`,
  seq,
  stage,
});
const LOG: readonly LogEntry[] = [
  ...['a', 'b', 'c'].map((lead): LogEntry => ({ did: 'captured', lead, id: `ld_${lead}` })),
  { did: 'seen', lead: 'a', seq: 2, stage: 'mql' },
  { did: 'decided', lead: 'a', step: 'sdr.1.1', what: 'silence' },
  answered('accept', 3, 'sal'),
  answered('qualify', 4, 'sql'),
  answered('lost', 5, 'nurture'),
];

describe("the funnel of a play's own log", () => {
  it('counts where leads were and where they are, by origin, a recyclable loss as a loss', () => {
    expect(funnelOf(LOG, ORIGINS)).toEqual([
      {
        source: 'social',
        leads: 2,
        reached: { inquiry: 2, mql: 1, sal: 1, sql: 1, closed_lost: 1, nurture: 1 },
        now: { nurture: 1, inquiry: 1 },
      },
      { source: null, leads: 1, reached: { inquiry: 1 }, now: { inquiry: 1 } },
    ]);
  });

  it('agrees with itself, and names every number in which a report differs', () => {
    const own = funnelOf(LOG, ORIGINS);
    expect(funnelDifferences(own, own)).toEqual([]);
    const [social, none] = own;
    const report = [{ ...social!, reached: { ...social!.reached, sal: 2 } }];
    expect(funnelDifferences(own, report)).toEqual([
      "social, sal, reached: 1 by the play's log, 2 by the report",
      "(no source), inquiry, reached: 1 by the play's log, 0 by the report",
      "(no source), inquiry, now: 1 by the play's log, 0 by the report",
    ]);
    expect(none?.leads).toBe(1);
  });
});
