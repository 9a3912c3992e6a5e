import { describe, expect, it } from '@jest/globals';
import { accepted, entered, excluded, journal, lead, moved, opened, owned, type Told } from './journal.js';
import { checkOwnership } from './ownership.js';

const captured: Told = { kind: 'captured' };
const offer: Told = { kind: 'hand_raised', transitions: [entered('mql'), opened, moved('ann')] };
const accept: Told = { kind: 'accept', transitions: [owned('ann'), accepted, entered('sal')] };
const by = (rep: string, role = 'sdr') => ({ assignments: [{ rep, role }] });
const check = (told: readonly Told[], assignments = {}): string[] =>
  checkOwnership(lead(journal(...told), assignments)).map(({ what }) => what);

describe('ownership', () => {
  it('is sound when one has it after the other', () => {
    expect(check([captured, offer], by('ann'))).toEqual([]);
    expect(check([captured, offer, accept], by('ann'))).toEqual([]);
    const lapse: Told = { kind: 'timer', transitions: [excluded('ann'), moved('ben')] };
    expect(check([captured, offer, lapse], by('ben'))).toEqual([]);
    const given: Told = { kind: 'reassign', transitions: [owned('ben')] };
    expect(check([captured, offer, accept, given], by('ben'))).toEqual([]);
  });

  it.each<[string, readonly Told[], ReturnType<typeof by>, string]>([
    [
      'two have the offer',
      [captured, offer, { kind: 'timer', transitions: [moved('ben')] }],
      by('ben'),
      'row 3 (timer): gives it to ben while ann has it',
    ],
    [
      'a second hand-off opens over an offer',
      [captured, offer, { kind: 'score', transitions: [opened] }],
      by('ann'),
      'opens a hand-off while ann still has the one before',
    ],
    [
      'a second rep becomes owner',
      [captured, offer, accept, { kind: 'accept', transitions: [owned('ben')] }],
      by('ben'),
      'row 4 (accept): ben becomes sdr while ann is',
    ],
    [
      'one hand-off is accepted twice',
      [captured, offer, accept, { kind: 'accept', transitions: [accepted] }],
      by('ann'),
      'hand-off 1 is accepted a second time',
    ],
    [
      'the table has nobody',
      [captured, offer, accept],
      { assignments: [] },
      'the journal gives it to ann as sdr',
    ],
    ['the table has another', [captured, offer, accept], by('ben'), 'the assignments to ben as sdr'],
    ['the table has one whom the journal has not', [captured], by('ann'), 'gives it to nobody'],
  ])('is found broken when %s', (_, told, assignments, what) => {
    expect(check(told, assignments)).toContainEqual(expect.stringContaining(what));
  });
});
