import { describe, expect, it } from '@jest/globals';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { useWorld } from '../db/world.js';
import { csv, Importer, MAPPING } from './import-world.js';

const world = useWorld(async (w) => {
  await w.use(TEST_POLICY);
  await w.pool('sdr', ['ana', 'eva']);
});
const importer = new Importer(world);

describe('a row', () => {
  it('is kept and named when it is odd, and refused with its reason when nobody could mend it', async () => {
    const record = await importer.run(
      csv(
        'o1,jo@@acme,ACME,,2018-03-08,many,,Won,2018-03-06 19:38:55,,,',
        'o2,,,,,,,Working,,,,',
        ',,,,2018-03-08,,,MQL,,,,',
        'o3,,,,31/01/2018,,,MQL,,,,',
        'o4,,,,2018-03-08,,,Dancing,,,,',
        'o5,,,,2018-03-08,,,Working,,zoe,,',
        'o6,,,,2018-03-08,,,Working,,Ana Alves,,',
        'o7,,,,2199-01-01,,,MQL,,,,',
        'o8,,ACM\uFFFD,,2018-03-08,,,MQL,2018-03-09,,,,extra',
      ),
    );
    const { counts } = record;
    expect(counts).toMatchObject({ rows: 9, imported: 3, refused: 6, odd: 3 });
    expect(await importer.rows(record.id)).toEqual([
      {
        file: 'leads.csv',
        row: 1,
        externalId: 'o1',
        status: 'imported',
        odd: [
          'size: size is "many", which is no number: left out',
          'email "jo@@acme": Invalid email address: left out',
          'closed_won occurred 2 days before inquiry',
        ],
        why: null,
      },
      expect.objectContaining({
        externalId: 'o2',
        odd: ['nobody knows when it became sal', 'nobody knows when it first came', 'sal has no owner'],
      }),
      expect.objectContaining({
        externalId: null,
        status: 'refused',
        why: 'id is empty: nobody could find this lead again',
      }),
      expect.objectContaining({ status: 'refused', why: 'first is "31/01/2018", which is no date' }),
      expect.objectContaining({
        why: expect.stringMatching(/^stage is "Dancing", which is no stage; allowed: inquiry, mql.early/),
      }),
      expect.objectContaining({
        why: 'there is no rep zoe; add them, or map "reps: { missing: create }"',
      }),
      expect.objectContaining({
        why: 'sdr "Ana Alves" is no id of a rep: lower-case letters, digits, "_" and "-"',
      }),
      expect.objectContaining({ why: 'first lies in the future: 2199-01-01T03:00:00.000Z' }),
      expect.objectContaining({
        odd: ['has 13 values for 12 columns', 'holds characters that are no UTF-8'],
      }),
    ]);
    const [profile] = await world.query(
      'select email, company, fields from lead_profile where lead_id = $1',
      [await importer.leadOf('o1')],
    );
    expect(profile).toEqual({ email: null, company: 'ACME', fields: {} });
    expect(await world.query('select 1 from import_row where raw is not null')).toEqual([]);
  });

  it('is one of several of its lead: in the order of the files, then as they are ordered; one that is refused keeps the lead out', async () => {
    const mapping = `
externalId: { source: crm, column: id }
files:
  z-people.csv: { company: { column: firm }, source: { column: from }, occurredAt: { column: first } }
  stages.csv:
    orderBy: since
    history: [{ stage: { column: stage }, occurredAt: { column: since } }]`;
    const people = 'id,firm,from,first\nm1,Old,fair,2018-01-01\nm1,New,web,2018-01-01\nm2,X,web,2018-01-01\n';
    const stages =
      'id,stage,since\nm1,closed_won,2018-03-01\nm1,sal,2018-02-01\nm2,sal,2018-02-01\nm2,sold,2018-03-01\n';
    const record = await importer.run({
      mapping,
      files: [
        ['stages.csv', stages],
        ['z-people.csv', people],
      ],
    });
    expect(
      (await importer.rows(record.id)).map(({ file, row, status, odd, why }) => [
        file,
        row,
        status,
        odd,
        why,
      ]),
    ).toEqual([
      ['z-people.csv', 1, 'imported', [], null],
      [
        'z-people.csv',
        2,
        'imported',
        [
          'company is another than in row 1 of z-people.csv; this one counts',
          'source is another than in row 1 of z-people.csv; that one counts',
        ],
        null,
      ],
      ['z-people.csv', 3, 'refused', [], 'another row of this lead is refused: row 4 of stages.csv'],
      ['stages.csv', 1, 'imported', [], null],
      ['stages.csv', 2, 'imported', [], null],
      ['stages.csv', 3, 'refused', [], 'another row of this lead is refused: row 4 of stages.csv'],
      ['stages.csv', 4, 'refused', [], expect.stringContaining('stage is "sold"')],
    ]);
    const rows = await world.rows(await importer.leadOf('m1'));
    expect(rows.map(({ input }) => ('stage' in input.body ? input.body.stage : input.kind))).toEqual([
      'captured',
      'sal',
      'closed_won',
      'journey_resumed',
    ]);
    expect(rows[0]?.input.body).toMatchObject({ source: 'fair' });
  });

  it('of NDJSON counts by its line, and one that is no object is refused', async () => {
    const lines = ['{"id": 7, "firm": {"name": "ACME"}}', '', 'no json', '[1]', '{"id": "n2", "firm": null}'];
    const record = await importer.run({
      mapping: 'externalId: { source: crm, column: id }\ncompany: { column: firm.name }',
      files: [['leads.ndjson', lines.join('\n')]],
    });
    expect((await importer.rows(record.id)).map(({ row, status, why }) => [row, status, why])).toEqual([
      [1, 'imported', null],
      [3, 'refused', 'line 3 is no JSON object'],
      [4, 'refused', 'line 4 is no JSON object'],
      [5, 'imported', null],
    ]);
  });

  it('that the mapping does not take is counted as left out', async () => {
    const record = await importer.run({
      ...csv('l1,,,,,,,MQL,,,,', 'l2,,,,,,,Won,,,,'),
      mapping: `${MAPPING}only: { stage: [Won] }`,
    });
    expect(record.counts).toMatchObject({ rows: 2, imported: 1, leftOut: 1 });
    expect((await importer.rows(record.id))[0]).toMatchObject({
      status: 'left_out',
      why: 'stage is "MQL"; the mapping takes "Won"',
    });
  });

  it('that the database cannot hold as text is refused', async () => {
    const record = await importer.run(csv('z\u0000,,,,,,,MQL,,,,', 'z2,,A\u0000B,,,,,MQL,,,,'));
    expect((await importer.rows(record.id)).map(({ status, why }) => [status, why])).toEqual([
      ['refused', expect.stringContaining('which is no id')],
      ['refused', expect.stringContaining('NUL character')],
    ]);
  });
});
