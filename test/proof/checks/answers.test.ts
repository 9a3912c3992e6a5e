import { describe, expect, it } from '@jest/globals';
import { checkAnswers } from './answers.js';
import { accepted, entered, journal, lead, owned, type Told } from './journal.js';
import type { LeadRecord, SentCommand } from './records.js';

const ID = 'command:1';
const told: SentCommand = {
  lead: 'ld',
  kind: 'accept',
  rep: 'ann',
  inputId: ID,
  status: 200,
  seq: 2,
  code: null,
  stage: 'sal',
};
const refused: SentCommand = { ...told, status: 409, code: 'too_late', stage: null };
const counted: SentCommand = { ...refused, seq: null };
const captured: Told = { kind: 'captured' };
const accept: Told = {
  kind: 'accept',
  id: ID,
  rep: 'ann',
  transitions: [owned('ann'), accepted, entered('sal')],
};
const tooLate: Told = { kind: 'accept', id: ID, rep: 'ann', refusal: 'too_late' };
const made = (rows: readonly Told[], more: Partial<LeadRecord> = {}): LeadRecord =>
  lead(journal(...rows), { commands: [{ inputId: ID, done: true, decidedSeq: 2 }], ...more });
const uncounted = { commands: [{ inputId: ID, done: true, decidedSeq: null }] };
const check = (sent: readonly SentCommand[], record: LeadRecord): string[] =>
  checkAnswers(sent, [record]).map(({ what }) => what);

describe('answers to commands', () => {
  it.each<[string, SentCommand, LeadRecord]>([
    ['done', told, made([captured, accept])],
    ['refused', refused, made([captured, tooLate])],
    ['refused and counted', counted, made([captured], { ...uncounted, suppressed: 1 })],
    [
      'refused, counted, and told by a later row',
      counted,
      made([captured, { kind: 'score', suppressed: 1 }], uncounted),
    ],
  ])('%s: sound', (_, sent, record) => {
    expect(check([sent], record)).toEqual([]);
  });

  it.each<[string, SentCommand, LeadRecord, string]>([
    ['the lead is gone', { ...told, lead: 'x' }, made([captured, accept]), 'its lead does not exist'],
    ['the row is gone', told, made([captured]), 'has 0 rows'],
    ['there are two', told, made([captured, accept, accept]), 'has 2 rows'],
    ['the row is another', { ...told, seq: 1 }, made([captured, accept]), 'told row 1, and is row 2'],
    ['nobody decided', told, made([captured, accept], { commands: [] }), 'undecided in the inbox'],
    ['it was refused', told, made([captured, tooLate]), 'row 2 says too_late'],
    ['it was done', refused, made([captured, accept]), 'told too_late, and row 2 says done'],
    ['another did it', { ...told, rep: 'ben' }, made([captured, accept]), 'in row 2 as accept by ann'],
    ['the lead was elsewhere', { ...told, stage: 'sql' }, made([captured, accept]), 'row 2 has sal'],
    [
      'nobody became owner',
      told,
      made([captured, { ...accept, transitions: [entered('sal')] }]),
      'row 2 gives it to nobody',
    ],
    ['there was a fault', { ...told, status: 500 }, made([captured, accept]), 'answered 500'],
    ['a counted one has a row', counted, made([captured, tooLate]), 'told that it was only counted'],
    ['the count is lost', counted, made([captured], uncounted), '1 refusals without a row, and 0 counted'],
  ])('%s: found', (_, sent, record, what) => {
    expect(check([sent], record)).toContainEqual(expect.stringContaining(what));
  });

  it('finds a row of a command that nobody has sent', () => {
    expect(check([], made([captured, accept]))).toContain('row 2: nobody has sent this accept');
  });
});
