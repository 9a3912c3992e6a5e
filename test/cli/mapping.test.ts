import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/embedded/project-root.js';
import { oddities, toCode, toInstant, toLead, UnreadableValue } from '../../src/feed/map-row.js';
import { MappingError, parseMapping, requireColumns, type Mapping } from '../../src/feed/mapping.js';

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
      expect.stringMatching(/^\/source: must have either a column or a value/),
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
