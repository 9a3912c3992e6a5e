import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { draw } from '../../src/play/draw.js';
import type { ApiAnswer, ApiRequest } from '../../src/feed/baton-api.js';
import { size } from '../support/size.js';
import {
  accept,
  codeOf,
  expectOneTruth,
  isAccept,
  isLapse,
  offered,
  raiseHand,
  view,
} from './support/leads.js';
import { offersFor, untilInstant, useProduct } from './support/product.js';

const MINUTES = 60_000;
const SEED = 20_260_106;
const REPS = 8;
const CLEAN = 'Clean: nothing differs.';

const product = useProduct({ policy: offersFor('1 hour'), reps: REPS });

const statusOf = ({ status }: ApiAnswer): number => status;
const sendAll = (requests: readonly ApiRequest[]): Promise<ApiAnswer[]> =>
  Promise.all(requests.map((request) => product().send(request)));

describe('an accept', () => {
  it('by a rep to whom the lead is not offered is refused, and changes nothing', async () => {
    const { lead, rep, seq } = await offered(product());
    const answer = await product().send(accept(lead, rep === 'rep-1' ? 'rep-2' : 'rep-1'));
    expect([answer.status, codeOf(answer)]).toEqual([409, 'not_yours']);
    const rows = await expectOneTruth(product(), lead);
    expect(rows.slice(seq)).toMatchObject([{ kind: 'accept', refusal: 'not_yours', transitions: [] }]);
    expect((await view(product(), lead)).handOff).toMatchObject({ status: 'offered', rep });
  });

  it('sent twice at once with one key is one accept, and both hear the same', async () => {
    const { lead, rep, seq } = await offered(product());
    const request = accept(lead, rep);
    const [first, second] = await sendAll([request, request]);
    expect(first).toMatchObject({ status: 200, body: { seq: seq + 1, lead: { owners: { sdr: rep } } } });
    expect(second).toEqual(first);
    expect((await expectOneTruth(product(), lead)).slice(seq)).toHaveLength(1);
    expect(await product().send(request)).toEqual(first);
  });

  it('sent twice at once with two keys is one accept; the other hears that it has been accepted', async () => {
    const { lead, rep, seq } = await offered(product());
    const answers = await sendAll([accept(lead, rep), accept(lead, rep)]);
    expect(answers.map(statusOf).sort()).toEqual([200, 409]);
    expect(answers.flatMap((answer) => codeOf(answer) ?? [])).toEqual(['already_accepted']);
    const rows = await expectOneTruth(product(), lead);
    expect(rows.slice(seq)).toMatchObject([{ refusal: null }, { refusal: 'already_accepted' }]);
  });

  it(
    'right after capture, before the workflow has started, is answered and agrees with the journal',
    async () => {
      for (let i = 0; i < size(8, 100); i++) {
        const lead = await raiseHand(product());
        const reps = Array.from({ length: REPS }, (_, n) => `rep-${n + 1}`);
        const answers = await Promise.all(reps.map((rep) => product().sendOnce(accept(lead, rep))));
        expect(answers.map(statusOf).filter((status) => status !== 200 && status !== 409)).toEqual([]);
        const rows = await expectOneTruth(product(), lead);
        const taken = answers.filter(({ status }) => status === 200);
        expect(rows.filter(isAccept)).toHaveLength(taken.length);
        expect(taken.length).toBeLessThanOrEqual(1);
        const refused = rows.filter(({ kind, refusal }) => kind === 'accept' && refusal !== null);
        expect(refused).toHaveLength(REPS - taken.length);
      }
    },
    size(1, 5) * MINUTES,
  );
});

describe('50 commands at once on one lead', () => {
  it(
    'are each answered with 200 or 409; the journal has no gap and at most one accept, and says the same',
    async () => {
      for (let round = 0; round < size(1, 20); round++) {
        const { lead, rep } = await offered(product());
        const requests = Array.from({ length: 50 }, (_, i) => anyCommand(lead, rep, round, i));
        const answers = await sendAll(requests);
        expect(answers.map(statusOf).filter((status) => status !== 200 && status !== 409)).toEqual([]);
        const rows = await expectOneTruth(product(), lead);
        const done = answers.flatMap(({ status, body }) =>
          status === 200 ? [(body as { seq: number }).seq] : [],
        );
        const recorded = rows.filter(
          ({ kind, refusal }) => ['accept', 'decline', 'tags'].includes(kind) && refusal === null,
        );
        // Whoever heard "done" has a row of his own; tags that change nothing name the row before.
        expect(recorded.map(({ seq }) => seq).filter((seq) => !done.includes(seq))).toEqual([]);
        const accepted = answers.filter(
          ({ status }, i) => status === 200 && requests[i]?.path.endsWith('/accept'),
        );
        expect(rows.filter(isAccept)).toHaveLength(accepted.length);
        expect(await sendAll(requests)).toEqual(answers);
      }
    },
    size(2, 10) * MINUTES,
  );
});

/** By anybody: half of them by the rep who has the offer. */
function anyCommand(lead: string, offeredTo: string, round: number, i: number): ApiRequest {
  const at = (what: string): number => draw(SEED, what, round, i);
  const rep = at('whose') < 0.5 ? offeredTo : `rep-${1 + Math.floor(at('rep') * REPS)}`;
  const common = { method: 'POST', key: randomUUID() } as const;
  if (at('kind') < 0.4) return accept(lead, rep);
  if (at('kind') < 0.6) {
    return { ...common, path: `/v1/leads/${lead}/decline`, rep, body: { reason: 'no_time' } };
  }
  return { ...common, path: `/v1/leads/${lead}/tags`, body: { add: [`tag-${i}`], remove: [] } };
}

describe('an accept at the instant when its offer runs out', () => {
  beforeAll(() => product().activate(offersFor('3 seconds')));

  it(
    'is accepted or lapsed, never both and never neither, and each of two clients hears what the journal says',
    async () => {
      const ends = { accepted: 0, lapsed: 0 };
      const race = async (i: number): Promise<void> => {
        const { lead, rep, due, seq } = await offered(product());
        // Around the deadline, early enough for some to be in time.
        await untilInstant(due - 80 + draw(SEED, 'moment', i) * 100);
        const answers = await sendAll([accept(lead, rep), accept(lead, rep)]);
        const rows = await expectOneTruth(product(), lead);
        const first = rows.find((row) => row.seq === seq + 1);
        const accepted = first !== undefined && isAccept(first);
        expect(accepted || (first !== undefined && isLapse(first))).toBe(true);
        // Deadlines go first: who comes at the instant itself is too late.
        expect(Date.parse(first?.at ?? '') < due).toBe(accepted);
        const codes = answers.map((answer) => codeOf(answer) ?? answer.status).sort();
        expect(codes).toEqual(accepted ? [200, 'already_accepted'] : ['too_late', 'too_late']);
        ends[accepted ? 'accepted' : 'lapsed'] += 1;
      };
      for (let i = 0; i < size(20, 400); i += 10) {
        await Promise.all(Array.from({ length: 10 }, (_, n) => race(i + n)));
      }
      expect(ends.accepted + ends.lapsed).toBe(size(20, 400));
    },
    size(3, 15) * MINUTES,
  );

  it(
    'leaves nothing that verify finds',
    async () => {
      expect(await product().verify()).toContain(CLEAN);
    },
    MINUTES,
  );
});
