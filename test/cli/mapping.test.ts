import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/embedded/project-root.js';
import { oddities, toCode, toInstant, toLead, UnreadableValue } from '../../src/feed/map-row.js';
import { STAGE_NAMES } from '../../src/feed/mapping.schema.js';
import {
  MappingError,
  parseDocument,
  parseMapping,
  requireColumns,
  type Mapping,
} from '../../src/feed/mapping.js';

const SHIPPED = join(projectRoot(), 'examples', 'marketplace', 'mapping.yaml');
const shipped = (): Mapping => parseMapping(SHIPPED, readFileSync(SHIPPED, 'utf8'));
const HEADER = ['mql_id', 'first_contact_date', 'landing_page_id', 'origin'];
const NOW = '2026-03-02T09:00:00.000Z';
const ROW = {
  mql_id: 'a1',
  first_contact_date: '2018-02-01',
  landing_page_id: 'p9',
  origin: 'Organic Search',
};

function faultsOf(text: string): readonly string[] {
  try {
    parseMapping('m.yaml', text);
  } catch (error) {
    if (error instanceof MappingError) return error.faults.map(({ path, message }) => `${path}: ${message}`);
  }
  throw new Error('the mapping was taken');
}

describe('a mapping', () => {
  it('is refused with every fault and its path at once', () => {
    const faults = faultsOf(`
externalId: { source: CRM, column: id }
surname: { column: x }
source: { column: origin, value: fixed, as: code }
company: { column: firm, as: money }
events:
  - { kind: Visit, source: web, id: '{id}' }
odd:
  - { column: origin, matches: '(', says: broken }
`);
    expect(faults).toEqual([
      expect.stringMatching(/^\/externalId\/source: must be a lower-case code/),
      expect.stringMatching(/^\/company\/as: /),
      expect.stringMatching(/^\/source: must have one of column, value and text/),
      expect.stringMatching(/^\/events\/0\/kind: must be a lower-case code/),
      expect.stringMatching(/^\/odd\/0\/matches: must be a regular expression/),
      expect.stringMatching(/surname/),
    ]);
  });

  it.each([
    ['that is no YAML', 'a: [', ': '],
    ['that is empty', '', ': '],
    ['without what a lead is known by', 'fields: {}', '/externalId: '],
  ])('%s is refused', (_what, text, start) => {
    expect(faultsOf(text)[0]).toMatch(new RegExp(`^${start}`));
  });

  it('names every column that the file has not', () => {
    const header = ['mql_id', 'first_contact_date'];
    const check = () => requireColumns('m.yaml', shipped(), header);
    expect(check).toThrow(MappingError);
    expect(check).toThrow(
      /\/source\/column: there is no column "origin"; there are: mql_id, first_contact_date/,
    );
    expect(check).toThrow(/\/events\/0\/properties\/page\/column/);
    expect(check).toThrow(/\/odd\/0\/column/);
    expect(() => requireColumns('m.yaml', shipped(), HEADER)).not.toThrow();
  });

  it('is taken for the file that it names, and is refused for another', () => {
    const text = `
timeZone: America/Sao_Paulo
externalId: { source: crm, column: id }
fields: { size: { column: size, as: number } }
files:
  a.csv: {}
  b.csv: { externalId: { source: crm, column: nr }, fields: {}, timeZone: UTC }`;
    expect(parseMapping('m.yaml', text, '/data/a.csv')).toMatchObject({
      timeZone: 'America/Sao_Paulo',
      externalId: { column: 'id' },
      fields: { size: { column: 'size' } },
    });
    expect(parseMapping('m.yaml', text, 'b.csv')).toMatchObject({
      timeZone: 'UTC',
      externalId: { column: 'nr' },
      fields: {},
    });
    expect(() => parseMapping('m.yaml', text, 'c.csv')).toThrow(
      /\/files: says nothing of c\.csv; it names: a\.csv, b\.csv/,
    );
  });

  it('that brings a past is not for live leads', () => {
    const past = `externalId: { source: crm, column: id }
history: [{ stage: closed_won, occurredAt: unknown }]`;
    expect(() => parseMapping('m.yaml', past)).toThrow(/\/history: is for "baton import"/);
  });

  it('is as the docs and the examples show it', () => {
    const page = readFileSync(join(projectRoot(), 'docs', 'mapping.md'), 'utf8');
    const [, shown = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(page) ?? [];
    const example = readFileSync(join(projectRoot(), 'examples', 'marketplace', 'import.yaml'), 'utf8');
    expect(parseDocument('mapping.md', shown).history).toHaveLength(1);
    expect(Object.keys(parseDocument('import.yaml', example).files ?? {})).toEqual([
      'mql.csv',
      'closed_deals.csv',
    ]);
    for (const name of STAGE_NAMES) expect(page).toContain(`\`${name}\``);
  });

  it('says what a past may be', () => {
    expect(
      faultsOf(`
timeZone: Sao Paulo
externalId: { source: crm, column: id }
resume: { grace: a while, rate: 0 }
reps: { missing: guess }
history:
  - { stage: won, occurredAt: unknown }
  - { stage: { column: s, values: { x: mql } }, occurredAt: { column: d, format: 'HH:mm' } }
  - { stage: sal, occurredAt: unknown, amount: { column: sum } }
  - { stage: sal, occurredAt: yesterday, when: { column: a } }
files:
  b.csv: { externalId: { source: other, column: id } }
  c.csv: {}`),
    ).toEqual([
      expect.stringMatching(/^\/history\/0\/stage: must be one of inquiry, mql\.early/),
      expect.stringMatching(/^\/history\/1\/stage\/values\/x: must be one of inquiry/),
      expect.stringMatching(/^\/history\/1\/occurredAt\/format: must be tokens of a date/),
      expect.stringMatching(/^\/history\/2\/currency: amount and currency come together/),
      '/history/3/occurredAt: must be "unknown" or say where the time is',
      expect.stringMatching(/^\/history\/3\/when: must have one of/),
      expect.stringMatching(/^\/timeZone: must be an IANA time zone/),
      expect.stringMatching(/^\/resume\/grace: a whole number and a unit/),
      expect.stringMatching(/^\/resume\/rate: /),
      expect.stringMatching(/^\/reps\/missing: /),
    ]);
    expect(
      faultsOf(`files: { a.csv: { externalId: { source: crm, column: id } }, b.csv: {},
  c.csv: { externalId: { source: other, column: id } } }`),
    ).toEqual([
      '/files/b.csv/externalId: must say by what a lead is known',
      expect.stringMatching(/^\/files\/c.csv\/externalId\/source: must be crm/),
    ]);
  });

  it('looks into the ids of events for columns', () => {
    const mapping = parseMapping(
      'm.yaml',
      `externalId: { source: crm, column: id }
events: [{ kind: visit, source: web, id: '{id}:{day}' }]`,
    );
    expect(() => requireColumns('m.yaml', mapping, ['id'])).toThrow(
      /\/events\/0\/id: there is no column "day"/,
    );
  });
});

describe('a row', () => {
  it('becomes a lead with its event', () => {
    expect(toLead(ROW, shipped(), NOW)).toEqual({
      externalIds: [{ source: 'marketplace', id: 'a1' }],
      source: 'organic_search',
      occurredAt: '2018-02-01T00:00:00.000Z',
      fields: { landing_page: 'p9' },
      events: [
        {
          source: 'marketplace',
          id: 'a1:landing-page',
          kind: 'landing_page_visit',
          occurredAt: NOW,
          properties: { page: 'p9' },
        },
      ],
    });
  });

  it('leaves out what nobody knows, and says what is odd', () => {
    const empty = { ...ROW, origin: '' };
    expect(toLead(empty, shipped(), NOW)).not.toHaveProperty('source');
    expect(oddities(empty, shipped())).toEqual(['no origin']);
    const unknown = { ...ROW, origin: 'unknown' };
    expect(toLead(unknown, shipped(), NOW)).toHaveProperty('source', 'unknown');
    expect(oddities(unknown, shipped())).toEqual(['origin "unknown"']);
    expect(oddities(ROW, shipped())).toEqual([]);
  });

  it('is refused when nobody could find its lead again, or when a value is not what it should be', () => {
    expect(() => toLead({ ...ROW, mql_id: ' ' }, shipped(), NOW)).toThrow(/mql_id is empty/);
    expect(() => toLead({ ...ROW, first_contact_date: '31/01/2018' }, shipped(), NOW)).toThrow(
      UnreadableValue,
    );
  });

  it('takes constants, numbers, yes and no, and replaces values', () => {
    const mapping = parseMapping(
      'm.yaml',
      `externalId: { source: crm, column: id }
campaign: { value: spring }
fields:
  employees: { column: size, as: number }
  remote: { column: remote, as: boolean }
  industry: { column: industry, as: code, unknown: ['', Select], values: { it_services: software } }`,
    );
    const lead = toLead({ id: '1', size: '12.5', remote: 'No', industry: 'IT Services' }, mapping, NOW);
    expect(lead).toMatchObject({ campaign: 'spring' });
    expect(lead.fields).toEqual({ employees: 12.5, remote: false, industry: 'software' });
    expect(toLead({ id: '1', industry: 'Select' }, mapping, NOW).fields).toEqual({});
    expect(() => toLead({ id: '1', size: 'many' }, mapping, NOW)).toThrow(
      'size is "many", which is no number',
    );
  });

  it('puts columns together, and has no value where all of them are empty', () => {
    const mapping = parseMapping(
      'm.yaml',
      `externalId: { source: crm, column: id }
name: { text: '{first} {last}' }
fields: { seat: { text: 'sdr-{sdr}' } }`,
    );
    expect(toLead({ id: '1', first: 'Ana', last: '', sdr: '7' }, mapping, NOW)).toMatchObject({
      name: 'Ana',
      fields: { seat: 'sdr-7' },
    });
    expect(toLead({ id: '1', first: '', last: '', sdr: '' }, mapping, NOW)).toMatchObject({ fields: {} });
    expect(() => requireColumns('m.yaml', mapping, ['id', 'first'])).toThrow(
      /\/name\/text: there is no column "last"[\s\S]*\/fields\/seat\/text: there is no column "sdr"/,
    );
  });

  it('is told apart by what its columns hold', () => {
    const mapping = parseMapping(
      'm.yaml',
      `externalId: { source: crm, column: id }
events:
  - { kind: visit, source: web, id: 'v:{id}', when: { column: seen, present: true } }
  - { kind: signup, source: web, id: 's:{id}', when: { column: seen, is: [twice] } }
  - { kind: demo, source: web, id: 'd:{id}', when: { column: seen, matches: '^t' } }
  - { kind: nothing, source: web, id: 'n:{id}', when: { column: seen, present: false } }`,
    );
    const kinds = (seen: string) => toLead({ id: '1', seen }, mapping, NOW).events.map(({ kind }) => kind);
    expect([kinds('twice'), kinds('once'), kinds('')]).toEqual([
      ['visit', 'signup', 'demo'],
      ['visit'],
      ['nothing'],
    ]);
  });

  it('takes no property of every object for a column or a replaced value', () => {
    const mapping = parseMapping(
      'm.yaml',
      `externalId: { source: crm, column: id }
company: { column: constructor, values: { a: b } }
title: { column: t, values: { a: b } }`,
    );
    expect(toLead({ id: '1', t: 'constructor' }, mapping, NOW)).toMatchObject({ title: 'constructor' });
    expect(toLead({ id: '1', t: 'a' }, mapping, NOW)).not.toHaveProperty('company');
  });

  it('reads codes and dates', () => {
    expect(['Other Publicities', ' Café-Bar! ', '???'].map(toCode)).toEqual([
      'other_publicities',
      'cafe_bar',
      '',
    ]);
    expect(toInstant('2018-02-26 19:58:54')).toBe('2018-02-26T19:58:54.000Z');
    expect(toInstant('2018-02-26T19:58:54+01:00')).toBe('2018-02-26T18:58:54.000Z');
    expect(toInstant('2018-02-31')).toBeNull();
  });
});
