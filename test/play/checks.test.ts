import { describe, expect, it } from '@jest/globals';
import { checkPlay } from '../../src/play/checks.js';
import type { JourneyRow, Picture } from '../../src/play/journeys.js';
import type { LogEntry } from '../../src/play/play-log.js';
import { allHold, playTable } from '../../src/play/table.js';
import { tallyOf } from '../../src/play/tally.js';
import { excluded, journeyOf, logOf, moved, owned, pictureOf, row, ROWS } from './journeys.js';

const LEADS = ['a', 'b'];

interface Play {
  readonly log: readonly LogEntry[];
  readonly picture: Picture;
}

/** Two leads, the first with these rows. */
function playOf(rows: readonly JourneyRow[] = ROWS): Play {
  const journeys = { a: journeyOf('ld_a', rows), b: journeyOf('ld_b', ROWS) };
  return { log: [...logOf('a', 'ld_a', rows), ...logOf('b', 'ld_b', ROWS)], picture: pictureOf(journeys) };
}

const check = ({ log, picture }: Play, known: readonly string[] = []) =>
  checkPlay(log, picture, LEADS, new Set(known));
const violated = (play: Play, known: readonly string[] = []): string[] =>
  check(play, known).flatMap(({ violations }) => [...violations]);

const replaced = (seq: number, other: JourneyRow): readonly JourneyRow[] =>
  ROWS.map((one) => (one.seq === seq ? other : one));

describe('what must hold of every play', () => {
  it('holds of one that is right, and was looked at', () => {
    const invariants = check(playOf());
    expect(invariants.flatMap(({ violations }) => violations)).toEqual([]);
    expect(invariants.map(({ skipped }) => skipped)).toEqual(invariants.map(() => null));
    expect(invariants.every(({ checked }) => checked > 0)).toBe(true);
  });

  it('a lost lead, and two leads of one', () => {
    const { log, picture } = playOf();
    const lost = new Map([...picture.journeys].filter(([lead]) => lead !== 'b'));
    expect(violated({ log, picture: { ...picture, journeys: lost } })).toContain('b: is not there');
    const twice = { ...picture, lines: [...picture.lines, ...picture.lines.slice(0, 1)] };
    expect(violated({ log, picture: twice })).toContain('a: is listed 2 times');
    const one = new Map([...picture.journeys].map(([lead]) => [lead, journeyOf('ld_a', ROWS)] as const));
    expect(violated({ log, picture: { ...picture, journeys: one } })).toEqual(
      expect.arrayContaining(['b: is ld_a, was captured as ld_b', 'b: is the same lead as a']),
    );
  });

  it('a command that was answered and is not there, or is another, or was refused', () => {
    const { log } = playOf();
    const { picture } = playOf(ROWS.slice(0, 6));
    expect(violated({ log, picture })).toContain('a, row 7: recycle by ben was answered and is not there');
    const other = playOf(replaced(7, { ...ROWS[6]!, kind: 'disqualify' }));
    expect(violated({ log, picture: other.picture })).toContain(
      'a, row 7: recycle by ben is disqualify by ben',
    );
    const refused = playOf(replaced(6, row(6, 'first_response', 'ben', [], 'not_yours')));
    expect(violated({ log, picture: refused.picture })).toContain(
      'a, row 6: first_response by ben was answered with 200, and is not_yours',
    );
  });

  it('two commands in one row, and one command in two rows', () => {
    const { log, picture } = playOf();
    const again = log.find((entry) => entry.did === 'answered' && entry.seq === 7)!;
    const twice = [...log, { ...again, key: 'another' } as LogEntry];
    expect(violated({ log: twice, picture })).toContain(
      'a, row 7: recycle by ben shares its row with another command',
    );
    const rows = [...ROWS, row(8, 'recycle', 'ben', [])];
    const double = { log, picture: playOf(rows).picture };
    const says = 'a, row 8: recycle by ben was not answered to this play';
    expect(violated(double)).toContain(says);
    // An earlier play may have sent it.
    expect(violated(double, ['ld_a'])).not.toContain(says);
  });

  it('an owner who never accepted, and a second one', () => {
    const stranger = playOf(
      replaced(5, row(5, 'score', null, [owned('eva'), ...ROWS[4]!.transitions.slice(1)])),
    );
    expect(violated({ ...playOf(), picture: stranger.picture })).toContain(
      'a: row 5 (score): eva became sdr, the lead was with ben',
    );
    const second = playOf(replaced(6, row(6, 'accept', 'ana', [owned('ana')])));
    expect(violated({ ...playOf(), picture: second.picture })).toContain(
      'a: row 6 (accept): ana became sdr while ben was',
    );
  });

  it('an offer to a second rep while the first still has it', () => {
    const { picture } = playOf(replaced(3, row(3, 'decline', 'ana', [moved('offered', 'ben')])));
    expect(violated({ ...playOf(), picture })).toContain(
      'a: row 3 (decline): offered to ben while ana still had it',
    );
    const fine = replaced(3, row(3, 'decline', 'ana', [excluded('ana', 'lapsed'), moved('offered', 'ben')]));
    expect(violated(playOf(fine))).toEqual([]);
  });

  it('a gap in a journal, and a clock that runs back', () => {
    const gap = playOf(ROWS.map((one) => (one.seq > 3 ? { ...one, seq: one.seq + 1 } : one)));
    expect(violated(gap)).toContain('a: row 5 stands where 4 should');
    const back = playOf(replaced(3, { ...ROWS[2]!, at: 0 }));
    expect(violated(back)).toContain('a: row 3 is older than the one before');
  });

  it('a report that counts otherwise; of a Baton with leads of others nothing is said', () => {
    const { log, picture } = playOf();
    const [own] = picture.funnel;
    const wrong = { ...picture, funnel: [{ ...own!, reached: { ...own!.reached, sal: 1 } }] };
    expect(violated({ log, picture: wrong })).toEqual([
      'web, sal, reached: 2 by the journals, 1 by the report',
    ]);
    const shared = { ...wrong, lines: [...picture.lines, { id: 'ld_x', seq: 1, stage: 'x', source: null }] };
    expect(check({ log, picture: shared }).at(-1)).toMatchObject({
      violations: [],
      skipped: 'this Baton holds 1 leads of others',
    });
  });
});

describe('the table of a play', () => {
  const tally = tallyOf([ROWS, ROWS]);

  it('counts what the journals say', () => {
    expect(tally.now).toEqual({ nurture: 2 });
    expect(tally.reached).toEqual({ inquiry: 2, mql: 2, sal: 2, nurture: 2 });
    expect(tally.counts).toMatchObject({
      'hand-offs': 2,
      offered: 4,
      declined: 2,
      accepted: 2,
      lapsed: 0,
      recycled: 2,
      refusals: 2,
      'first responses': 2,
      'of them late': 2,
    });
    expect(tally.regressions).toEqual({ 'sal → nurture': 2 });
    expect(tally.acceptedIn).toEqual([2_000, 2_000]);
    expect(tally.respondedIn).toEqual([4_000, 4_000]);
  });

  it('shows times as they were and as they stand for, and every invariant', () => {
    const play = playOf(replaced(3, row(3, 'decline', 'ana', [moved('offered', 'ben')])));
    const invariants = check({ ...playOf(), picture: play.picture });
    expect(allHold(invariants)).toBe(false);
    const text = playTable(tally, invariants, 3_600);
    expect(text).toMatch(/^offer → acceptance +2\.0 s +2\.0 h +2\.0 s +2\.0 h$/m);
    expect(text).toMatch(/^ok +every lead that was sent exists once \(2\)$/m);
    expect(text).toMatch(/^VIOLATED +no lead was with two reps at one instant: 1 times\n +a: row 3/m);
    expect(allHold(check(playOf()))).toBe(true);
  });
});
