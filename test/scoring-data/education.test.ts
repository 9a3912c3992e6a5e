import { beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { generateEducation } from '../../examples/education/generate.js';
import type { ScoringPolicy } from '../../src/domain/policy/scoring.schema.js';
import { MICRO } from '../../src/domain/scoring/score.js';
import { reachesAdvanced, reachesMql } from '../../src/domain/scoring/signature.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { size } from '../support/size.js';
import { COLUMNS, fileWith, scoreFile, scoring, type ScoredLead } from './education.js';
import { auc, conversionByDecile, inversions } from './judgement.js';
import { fitLogistic, oneHot, standardised } from './logistic-regression.js';

const REAL = join(
  resolve(projectRoot(), process.env['BATON_DATA'] ?? '../shared/data'),
  'x-education',
  'leads.csv',
);

/** Nobody looked at these leads while the policy was written. */
const heldOut = ({ id }: ScoredLead): boolean => id % 4 === 0;

/** The AUC on the leads held out of a regression that has learnt from the others. */
function regressionAuc(leads: readonly ScoredLead[], encoding: typeof oneHot): number {
  const learnt = leads.filter((lead) => !heldOut(lead));
  const encode = encoding(
    learnt.map(({ row }) => row),
    COLUMNS,
  );
  const logOdds = fitLogistic(
    learnt.map(({ row }) => encode(row)),
    learnt.map(({ converted }) => converted),
  );
  return auc(leads.filter(heldOut).map((lead) => ({ ...lead, score: logOdds(encode(lead.row)) })));
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

interface Promised {
  /** Of the regression's AUC, the policy's at least. */
  readonly ratio: number;
  /** Decile steps that may go down. */
  readonly inversions: number;
}

/** The same promises for leads that are made up and for real ones; the real ones' figures are printed. */
function promises(file: () => string, promised: Promised, print: (line: string) => void): void {
  let leads: ScoredLead[] = [];
  beforeAll(async () => {
    leads = await scoreFile(file());
  });

  it('a higher score means a higher conversion rate, tenth by tenth', () => {
    const all = conversionByDecile(leads);
    print(`${leads.length} leads, conversion by score decile: ${all.map(percent).join(', ')}`);
    print(`of these held out: ${conversionByDecile(leads.filter(heldOut)).map(percent).join(', ')}`);
    expect(inversions(all)).toBeLessThanOrEqual(promised.inversions);
  });

  it.each([
    ['numbers in tenths', oneHot],
    ['numbers as they are', standardised],
  ])('is nearly as good as a one-hot logistic regression, %s', (name, encoding) => {
    const [ours, theirs] = [auc(leads.filter(heldOut)), regressionAuc(leads, encoding)];
    const ratio = ours / theirs;
    print(
      `held out: AUC ${ours.toFixed(4)}, of the regression (${name}) ${theirs.toFixed(4)}: ${ratio.toFixed(3)}`,
    );
    expect(theirs).toBeGreaterThan(0.7);
    expect(ratio).toBeGreaterThanOrEqual(promised.ratio);
  });

  it('separates what it calls advanced from what it leaves alone', () => {
    const rate = (some: readonly ScoredLead[]): number =>
      some.filter(({ converted }) => converted).length / some.length;
    const advanced = leads.filter(({ reading }) => reachesAdvanced(reading, scoring));
    const inquiries = leads.filter(({ reading }) => !reachesMql(reading, scoring));
    print(
      `advanced: ${advanced.length} leads, ${percent(rate(advanced))}; below MQL: ${inquiries.length}, ${percent(rate(inquiries))}`,
    );
    expect(rate(advanced)).toBeGreaterThan(2 * rate(inquiries));
  });

  it('loses next to nothing to the bounds of its parts', () => {
    const bounded = leads.filter(
      ({ reading: { implicit } }) => implicit === 0 || implicit === 100 * MICRO,
    ).length;
    expect(bounded / leads.length).toBeLessThan(0.02);
  });
}

describe('made-up leads of a school, scored by education-scored.yaml', () => {
  const text = generateEducation({ leads: size(1_600, 5_000), seed: 7 });
  const few = generateEducation({ leads: size(500, 2_000), seed: 8 });
  promises(
    () => fileWith(text),
    { ratio: 0.9, inversions: 3 },
    () => undefined,
  );

  it('knows neither the outcome nor what was written after it', async () => {
    const totals = (leads: readonly ScoredLead[]) => leads.map(({ score }) => score);
    const scores = totals(await scoreFile(fileWith(few)));
    const blanked = changed(few, (row) => ({
      ...row,
      Converted: row['Converted'] === '1' ? '0' : '1',
      ...Object.fromEntries(HINDSIGHT.map((column) => [column, 'something else'])),
    }));
    expect(totals(await scoreFile(fileWith(blanked)))).toEqual(scores);
    // The check can see a difference: a column that may be read makes one.
    const other = changed(few, (row) => ({ ...row, 'Total Time Spent on Website': '1200' }));
    expect(totals(await scoreFile(fileWith(other)))).not.toEqual(scores);
  });

  it('would not be as good without what leads do, nor without who they are', async () => {
    const whole = auc(await scoreFile(fileWith(few)));
    const parts: readonly ScoringPolicy[] = [
      { ...scoring, events: [] },
      { ...scoring, fit: [] },
    ];
    for (const part of parts) expect(auc(await scoreFile(fileWith(few), part))).toBeLessThan(whole - 0.02);
  });
});

describe('education-scored.yaml as people read it', () => {
  it('has few rules, and points in fives', () => {
    const rules = [...scoring.fit, ...scoring.events];
    expect(rules.length).toBeLessThanOrEqual(20);
    expect(rules.filter(({ points }) => points % 5 !== 0)).toEqual([]);
  });
});

const isThere = existsSync(REAL);
describe('real leads of a school, scored by education-scored.yaml', () => {
  if (isThere) {
    // One write, so that the figures stand together.
    promises(
      () => REAL,
      { ratio: 0.95, inversions: 1 },
      (line) => process.stdout.write(`  ${line}\n`),
    );
    it('are those that the promise is about', () => {
      const rows = parse<Record<string, string>>(readFileSync(REAL, 'utf8'), { columns: true });
      expect(rows.filter((row) => Number(row['Lead Number']) % 4 === 0).length).toBeGreaterThan(2_000);
    });
  } else it.skip(`are not in ${REAL} (BATON_DATA)`, () => undefined);
});

/** Written when the outcome was known. */
const HINDSIGHT = ['Tags', 'Lead Quality', 'Lead Profile', 'Last Notable Activity'];

type Row = Record<string, string>;

function changed(text: string, change: (row: Row) => Row): string {
  const rows = parse<Row>(text, { columns: true }).map(change);
  const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
  return [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))]
    .map((cells) => cells.map(quoted).join(','))
    .join('\n');
}
