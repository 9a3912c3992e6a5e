import { describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { openDataSet } from '../../examples/data-sets.js';
import { behaviourOf } from '../../examples/education/behaviour.js';
import { generateEducation } from '../../examples/education/generate.js';
import { DAY } from '../../src/domain/time.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import type { DataSet } from '../../src/play/data-set.js';

const examples = join(projectRoot(), 'examples');
const REAL = join(
  resolve(projectRoot(), process.env['BATON_DATA'] ?? '../shared/data'),
  'x-education',
  'leads.csv',
);

function folderWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'baton-education-'));
  writeFileSync(join(folder, 'leads.csv'), text);
  return folder;
}

const open = (text: string, seed = 7): Promise<DataSet> =>
  openDataSet('education', { examples, folder: folderWith(text), leads: 500, seed });

/** All that Baton is told of the leads. */
const sent = ({ leads }: DataSet): string =>
  JSON.stringify(leads.map(({ externalId, body, timeline }) => [externalId, body, timeline]));

type Row = Record<string, string>;

function changed(text: string, change: (row: Row, i: number) => Row): string {
  const rows = parse<Row>(text, { columns: true });
  const lines = rows.map(change).map((row) => Object.values(row).map(quoted).join(','));
  return [Object.keys(change(rows[0]!, 0)).map(quoted).join(','), ...lines, ''].join('\n');
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** Blanks what was written when the outcome was known, and turns the outcome itself around. */
const HINDSIGHT = ['Tags', 'Lead Quality', 'Lead Profile', 'Last Notable Activity'];
const without = (row: Row): Row => ({
  ...row,
  Converted: row['Converted'] === '1' ? '0' : '1',
  ...Object.fromEntries(HINDSIGHT.map((column) => [column, ''])),
});
const scrambled = (row: Row, i: number): Row => ({
  ...row,
  Converted: i % 2 === 0 ? '1' : '0',
  ...Object.fromEntries(HINDSIGHT.map((column) => [column, `something else ${i}`])),
});

describe('what is sent of a school', () => {
  const text = generateEducation({ leads: 400, seed: 7 });

  it('knows neither the outcome nor what was written after it', async () => {
    const all = sent(await open(text));
    expect(sent(await open(changed(text, without)))).toBe(all);
    expect(sent(await open(changed(text, scrambled)))).toBe(all);
    // The check can see a difference: a column that may be read makes one.
    expect(sent(await open(changed(text, (row) => ({ ...row, TotalVisits: '1' }))))).not.toBe(all);
  });

  const real = existsSync(REAL) ? it : it.skip;
  real(
    existsSync(REAL)
      ? 'knows neither of real leads'
      : `knows neither of real leads: skipped, they are not in ${REAL} (BATON_DATA)`,
    async () => {
      const leads = readFileSync(REAL, 'utf8');
      expect(sent(await open(changed(leads, without)))).toBe(sent(await open(leads)));
    },
  );

  it('is the same for the same seed, and other times for another', async () => {
    expect(sent(await open(text))).toBe(sent(await open(text)));
    expect(sent(await open(text, 8))).not.toBe(sent(await open(text)));
  });

  it('is in order, unique, and over in six days', async () => {
    const { leads } = await open(text);
    const ids = leads.flatMap(({ timeline }) => timeline.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(leads.length);
    for (const { timeline } of leads) {
      const times = timeline.map(({ after }) => after);
      expect([...times].sort((a, b) => a - b)).toEqual(times);
      expect(times.at(-1) ?? 0).toBeLessThanOrEqual(6 * DAY);
    }
  });
});

describe('the rule of behaviour', () => {
  const base = {
    'Lead Origin': 'API',
    'Lead Source': 'Google',
    'Do Not Email': 'No',
    TotalVisits: '4',
    'Total Time Spent on Website': '1200',
    'Page Views Per Visit': '2.5',
    'Last Activity': 'Email Link Clicked',
    'A free copy of Mastering The Interview': 'No',
  };
  const kinds = (row: Row): string[] => {
    const { atOnce, later } = behaviourOf({ ...base, ...row }, 'x', 7);
    return [...atOnce, ...later].map(({ kind }) => kind);
  };

  it('makes visits that share the time on the site, and ends with the last activity', () => {
    const { atOnce, later } = behaviourOf(base, 'x', 7);
    const visits = [...atOnce, ...later].filter(({ kind }) => kind === 'site_visit');
    expect(visits).toHaveLength(4);
    const minutes = visits.reduce((sum, { properties }) => sum + Number(properties['minutes']), 0);
    expect(Math.abs(minutes - 20)).toBeLessThan(0.5);
    expect(visits[0]?.properties['pages']).toBe(3);
    expect(later.at(-1)?.kind).toBe('email_click');
  });

  it.each([
    ['a form that asks for a call', { 'Lead Origin': 'Lead Add Form' }, 'contact_request'],
    ['a phone conversation', { 'Last Activity': 'Had a Phone Conversation' }, 'contact_request'],
    ['a landing page', { 'Lead Origin': 'Landing Page Submission' }, 'landing_page_submission'],
    ['the chat', { 'Lead Source': 'Olark Chat' }, 'chat'],
    ['the guide', { 'A free copy of Mastering The Interview': 'Yes' }, 'content_download'],
    ['no mail wanted', { 'Do Not Email': 'Yes' }, 'unsubscribe'],
  ])('tells of %s', (_what, row: Row, kind) => {
    expect(kinds(row)).toContain(kind);
    expect(kinds({})).not.toContain(kind);
  });

  it('tells no more of somebody who was never there, and little of somebody who was there 251 times', () => {
    const nowhere = { TotalVisits: '', 'Total Time Spent on Website': '0', 'Last Activity': '' };
    expect(kinds(nowhere)).toEqual([]);
    expect(kinds({ TotalVisits: '251' }).filter((kind) => kind === 'site_visit')).toHaveLength(12);
    expect(kinds({ TotalVisits: '0' }).filter((kind) => kind === 'site_visit')).toHaveLength(1);
  });
});

describe('a folder that is no such data set', () => {
  it('is refused with what is missing', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'baton-education-'));
    const options = { examples, leads: 5, seed: 7 };
    await expect(openDataSet('education', { ...options, folder: empty })).rejects.toThrow(
      /There is no leads\.csv in .*must hold leads\.csv/,
    );
    await expect(openDataSet('marketplace', { ...options, folder: empty })).rejects.toThrow(
      /There is no mql\.csv and no closed_deals\.csv in/,
    );
    await expect(openDataSet('education', { ...options, folder: null, from: '2018-01-01' })).rejects.toThrow(
      '--from: leads of education have no dates',
    );
    await expect(openDataSet('weather', { ...options, folder: null })).rejects.toThrow(
      'there is no data set "weather"; there are: marketplace, education',
    );
  });

  it('names the column and the row', async () => {
    const text = generateEducation({ leads: 3, seed: 7 });
    const drop = (column: string) => (row: Row) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => name !== column));
    await expect(open(changed(text, drop('TotalVisits')))).rejects.toThrow(/no column.*TotalVisits/);
    await expect(open(changed(text, drop('Converted')))).rejects.toThrow(/no column.*Converted/);
    await expect(open(changed(text, (row) => ({ ...row, Converted: 'perhaps' })))).rejects.toThrow(
      /row 1: Converted is "perhaps"; it must be 0 or 1/,
    );
  });
});
