import { describe, expect, it } from '@jest/globals';
import type { LogEntry } from '../../examples/marketplace/answer-log.js';
import type { PlayedLead } from '../../examples/marketplace/next-step.js';
import { funnelDifferences, funnelOf, funnelTable } from '../../examples/marketplace/own-funnel.js';

const lead = (id: string, origin: string | null): PlayedLead => ({ id, externalId: id, origin, deal: null });
const [a, b, c] = [lead('a', 'social'), lead('b', 'social'), lead('c', null)];
const LOG: readonly LogEntry[] = [
  { did: 'captured', lead: a, stage: 'inquiry' },
  { did: 'captured', lead: b, stage: 'inquiry' },
  { did: 'captured', lead: c, stage: 'inquiry' },
  { did: 'seen', lead: a, stage: 'mql' },
  { did: 'silence', lead: a, rep: 'ana' },
  { did: 'refused', lead: a, command: 'accept', why: 'too late' },
  { did: 'command', lead: a, command: 'accept', stage: 'sal' },
  { did: 'command', lead: a, command: 'qualify', stage: 'sql' },
  { did: 'command', lead: a, command: 'lost', stage: 'nurture' },
];

describe("the funnel of the driver's own log", () => {
  it('counts where leads were and where they are, by origin, a recyclable loss as a loss', () => {
    expect(funnelOf(LOG)).toEqual([
      {
        origin: 'social',
        leads: 2,
        reached: { inquiry: 2, mql: 1, sal: 1, sql: 1, closed_lost: 1, nurture: 1 },
        now: { nurture: 1, inquiry: 1 },
      },
      { origin: null, leads: 1, reached: { inquiry: 1 }, now: { inquiry: 1 } },
    ]);
  });

  it('agrees with itself, and names every number in which a report differs', () => {
    const own = funnelOf(LOG);
    expect(funnelDifferences(own, own)).toEqual([]);
    const [social, none] = own;
    const report = [{ ...social!, reached: { ...social!.reached, sal: 2 } }];
    expect(funnelDifferences(own, report)).toEqual([
      "social, sal, reached: 1 by the driver's log, 2 by the report",
      "(no origin), inquiry, reached: 1 by the driver's log, 0 by the report",
      "(no origin), inquiry, now: 1 by the driver's log, 0 by the report",
    ]);
    expect(none?.leads).toBe(1);
  });

  it('prints as a table with a total', () => {
    const lines = funnelTable(funnelOf(LOG)).split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[3]).toMatch(/^all +3 +1 +1 +1 +0 +0 +1 +1 +0$/);
  });
});
