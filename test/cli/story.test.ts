import { describe, expect, it } from '@jest/globals';
import { tellNow, tellRow } from '../../src/audit/story.js';
import { evolve } from '../../src/domain/journey/evolve.js';
import { unborn } from '../../src/domain/journey/journey.js';
import { HOUR } from '../../src/domain/time.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { ADMIN, asRep, useWorld } from '../db/world.js';

const world = useWorld(async (w) => {
  await w.use(TEST_POLICY);
  await w.pool('sdr', ['ana', 'ben']);
});

describe('the story of a lead', () => {
  it('reads as a person would tell it', async () => {
    const lead = await world.hot();
    const first = (await world.holder(lead)) ?? '';
    world.clock.advance(HOUR);
    await world.run(lead);
    await world.command(lead, 'accept', {}, asRep(first));
    await world.command(lead, 'accept', {}, { ...ADMIN, onBehalfOf: 'ben' });

    const rows = await world.rows(lead);
    const told = rows.map((row) => {
      const { at, by, says } = tellRow(row);
      return `${at.slice(11, 16)} ${by}: ${says.join('; ')}`;
    });
    expect(told).toEqual([
      '09:00 admin key-1: captured; → INQUIRY: captured',
      '09:00 Baton: scored 85.5 (fit 80, engagement 90); → MQL (advanced): score; handed off to pool sdr; ' +
        'offered to ana until 2026-03-02T10:00:00Z; told rep ana: offered',
      '10:00 the clock: the acceptance clock ran to 2026-03-02T09:30:00Z; told rep ana: reminder',
      expect.stringMatching(
        /^10:00 the clock: the acceptance clock ran to 2026-03-02T09:48:00Z; told the manager/,
      ),
      '10:00 the clock: the acceptance clock ran to 2026-03-02T10:00:00Z; acceptance clock breached; ' +
        'ana let it lapse; offered to ben until 2026-03-02T11:00:00Z; told rep ana: lapsed; told rep ben: offered',
      '10:00 rep ana: REFUSED accept: your offer has run out or was given up; the lead has moved on',
      '10:00 rep ben (through admin key-1): accepted; ben owns it as SDR; → SAL: accepted',
    ]);
    expect(tellRow(rows[4]!).input).toMatch(/^timer:acceptance:/);

    const before = rows.slice(0, 5).reduce(evolve, unborn(lead));
    expect(tellNow(before)).toEqual([
      'mql (advanced), with marketing',
      'hand-off 1: rep ben has to accept (offer 2)',
      expect.stringMatching(/^acceptance clock: next due 2026-03-02T10:30/),
      expect.stringMatching(/^first response clock: next due/),
    ]);
    expect(tellNow(rows.reduce(evolve, unborn(lead)))[1]).toBe('SDR ben');
  });
});
