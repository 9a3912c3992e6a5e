import { describe, expect, it } from '@jest/globals';
import { checkDeadlines } from './deadlines.js';
import { armed, cleared, journal, lead, type Told } from './journal.js';

const LATER = 1_000;
const offer: Told = { kind: 'hand_raised', transitions: [armed(100)] };
const timer = (at: number, more: Partial<Told> = {}): Told => ({
  kind: 'timer',
  at,
  id: 'timer:acceptance:1:100',
  body: { clock: 'acceptance', step: 0, due: 100 },
  transitions: [cleared],
  ...more,
});
const check = (told: readonly Told[], asOf = LATER) => {
  const { violations, ...counts } = checkDeadlines(lead(journal(...told)), asOf);
  return { ...counts, said: violations.map(({ what }) => what) };
};

describe('deadlines', () => {
  it.each<[string, readonly Told[], number, number]>([
    ['has its row', [offer, timer(100)], 1, 0],
    ['is void before its time', [offer, { kind: 'accept', transitions: [cleared] }], 0, 1],
    ['is armed anew before its time', [offer, { kind: 'accept', transitions: [armed(2_000)] }], 0, 1],
    [
      'comes due with an earlier one that makes it void',
      [
        { kind: 'hand_raised', transitions: [armed(100), armed(90, 'escalation')] },
        {
          kind: 'timer',
          at: 120,
          id: 'timer:escalation:1:90',
          body: { clock: 'escalation' },
          transitions: [cleared, { type: 'clock_cleared', clock: 'escalation' }],
        },
      ],
      1,
      1,
    ],
  ])('one that %s is sound', (_, told, applied, stale) => {
    expect(check(told)).toEqual({ said: [], applied, stale });
  });

  it('one that is not due yet needs no row', () => {
    expect(check([offer], 100).said).toEqual([]);
  });

  it.each<[string, readonly Told[], string]>([
    ['is missing', [offer], 'timer:acceptance:1:100 was due at'],
    ['comes twice', [offer, timer(100), timer(110)], 'timer:acceptance:1:100 has a second row'],
    ['comes early', [offer, timer(99)], 'comes before its time'],
    ['was never armed', [{ kind: 'captured' }, timer(100)], 'timer:acceptance:1:100 is not armed'],
    ['changes nothing', [offer, timer(100, { transitions: [] })], 'is still armed'],
    [
      'is passed over by an accept that comes later',
      [offer, { kind: 'accept', at: 100, transitions: [cleared] }],
      'row 2 goes before timer:acceptance:1:100',
    ],
  ])('one that %s is found', (_, told, what) => {
    expect(check(told).said).toContainEqual(expect.stringContaining(what));
  });
});
