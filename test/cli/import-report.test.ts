import { describe, expect, it } from '@jest/globals';
import { Lookout, summary, type ImportAnswer, type ImportRow } from '../../src/cli/import-report.js';

const row = (n: number, part: Partial<ImportRow>): ImportRow => ({
  file: 'leads.csv',
  row: n,
  externalId: `x${n}`,
  status: 'imported',
  lead: null,
  odd: [],
  why: null,
  ...part,
});
const linesOf = (rows: readonly ImportRow[]): readonly string[] => {
  const lookout = new Lookout();
  for (const one of rows) lookout.add(one);
  return lookout.lines();
};

describe('the report of an import', () => {
  it('names what is rare, and counts what is common', () => {
    const common = Array.from({ length: 23 }, (_, i) => row(i + 1, { odd: ['no origin'] }));
    expect(linesOf([...common, row(30, { odd: ['closed_won occurred 2 days before inquiry'] })])).toEqual([
      'odd: leads.csv row 30 (x30): closed_won occurred 2 days before inquiry',
      `odd: 23 rows such as: no origin\n    leads.csv rows ${common
        .slice(0, 20)
        .map(({ row: n }) => n)
        .join(', ')}, and 3 more`,
    ]);
  });

  it('gathers what differs by its values only, refused rows first, and hides none behind another', () => {
    const refused = { status: 'refused', externalId: null } as const;
    expect(
      linesOf([
        row(1, {
          odd: ['rep sdr-1', 'rep ae-1']
            .map((rep) => `${rep} was not known: made, inactive`)
            .concat('no origin'),
        }),
        row(2, { odd: ['rep sdr-2 was not known: made, inactive'] }),
        row(3, { ...refused, why: 'won is "someday", which is no date' }),
        row(4, { ...refused, why: 'won is "never", which is no date' }),
        row(5, { ...refused, why: 'id is empty' }),
      ]),
    ).toEqual([
      'REFUSED: leads.csv row 5 (no id): id is empty',
      'REFUSED: 2 rows such as: won is "someday", which is no date\n    leads.csv rows 3, 4',
      'odd: leads.csv row 1 (x1): no origin',
      'odd: 2 rows such as: rep sdr-1 was not known: made, inactive\n    leads.csv rows 1, 2',
    ]);
  });

  it('adds up', () => {
    const answer: ImportAnswer = {
      id: 'im_1',
      state: 'done',
      dryRun: false,
      files: [],
      counts: { rows: 10, waiting: 0, imported: 5, unchanged: 2, refused: 2, leftOut: 1, odd: 3 },
      leads: 4,
      reps: ['ana'],
      leadsPerSecond: 80.5,
      createdAt: '2026-01-05T09:00:00.000Z',
      startedAt: '2026-01-05T09:00:00.000Z',
      finishedAt: '2026-01-05T09:00:01.000Z',
      startsUntil: '2026-01-05T09:10:00.000Z',
    };
    expect(summary(answer)).toBe(
      '10 rows: 5 imported, 2 unchanged, 2 refused, 1 left out; 3 of them odd.\n' +
        '4 leads (80.5 a second).\n' +
        '1 rep was not known and is made, inactive.\n' +
        'The workflows of those that are open start until 2026-01-05T09:10:00.000Z.',
    );
    expect(summary({ ...answer, dryRun: true, reps: [] })).toMatch(
      /a second\)\.\nA dry run: nothing was changed\.$/,
    );
  });
});
