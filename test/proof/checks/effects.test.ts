import { describe, expect, it } from '@jest/globals';
import { checkDeliveries, checkInputs, checkRotation } from './effects.js';
import { journal, lead, type Told } from './journal.js';
import type { DeliveryRecord, ReceivedMessage } from './records.js';

const said = (violations: readonly { what: string }[]): string[] => violations.map(({ what }) => what);

it('finds an input that was carried out twice', () => {
  expect(checkInputs(lead(journal({ kind: 'captured', id: 'a' }, { kind: 'score', id: 'b' })))).toEqual([]);
  const twice = lead(journal({ kind: 'accept', id: 'a' }, { kind: 'accept', id: 'a' }));
  expect(said(checkInputs(twice))).toEqual(['a has several rows']);
});

describe('deliveries', () => {
  const offer: Told = {
    kind: 'hand_raised',
    effects: [
      { type: 'capacity_freed', rep: 'ann' },
      { type: 'notify', to: { kind: 'rep', id: 'ann' }, about: 'offered' },
    ],
  };
  const leads = [lead(journal(offer))];
  const delivery: DeliveryRecord = {
    id: 'dl',
    lead: 'ld',
    seq: 1,
    i: 1,
    part: '',
    webhook: 'wh',
    status: 'delivered',
  };
  const message: ReceivedMessage = { id: 'dl', body: 'offered' };

  it('are sound when each effect was heard, be it several times with the same id', () => {
    expect(checkDeliveries('wh', leads, [delivery], [message, message])).toEqual([]);
  });

  it.each<[string, readonly DeliveryRecord[], readonly ReceivedMessage[], string]>([
    ['an effect has none', [], [], 'ld #1.1 has 0 deliveries'],
    ['an effect has two', [delivery, { ...delivery, id: 'dl2' }], [message], 'ld #1.1 has 2 deliveries'],
    [
      'one has no effect',
      [delivery, { ...delivery, i: 7 }],
      [message],
      'ld #1.7 has a delivery and no effect',
    ],
    ['one waits', [{ ...delivery, status: 'pending' }], [], 'delivery dl is pending'],
    ['nobody heard one', [delivery], [], 'nobody has received it'],
    ['one says two things', [delivery], [message, { ...message, body: 'x' }], 'dl said 2 different things'],
    [
      'one came from nowhere',
      [delivery],
      [message, { ...message, id: 'x' }],
      'x was received, and is no delivery',
    ],
  ])('are found broken when %s', (_, deliveries, received, what) => {
    expect(said(checkDeliveries('wh', leads, deliveries, received))).toContainEqual(
      expect.stringContaining(what),
    );
  });
});

describe('the rotation', () => {
  const turns = (...numbers: readonly number[]) =>
    numbers.map((poolSeq) =>
      lead(
        journal({
          kind: 'hand_raised',
          facts: [{ answer: 'route', pool: 'sdr', poolSeq, rep: 'ann', evidence: 'e' }],
        }),
      ),
    );
  it.each<[string, readonly number[], number, readonly string[]]>([
    ['sound, in whatever order the leads come', [2, 1, 3], 3, []],
    ['doubled', [1, 2, 2], 3, ['pool sdr: decision 2 where 3 should be']],
    ['with a gap', [1, 3], 3, ['pool sdr: decision 3 where 2 should be']],
    ['behind the pool', [1, 2], 3, ['pool sdr: 2 decisions in the journal, 3 by the pool']],
  ])('is %s', (_, numbers, seq, what) => {
    expect(said(checkRotation([{ id: 'sdr', seq }], turns(...numbers)))).toEqual(what);
  });
});
