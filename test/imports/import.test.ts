import { beforeEach, describe, expect, it } from '@jest/globals';
import { generateMarketplace } from '../../examples/marketplace/generate.js';
import { InvalidInput } from '../../src/faults.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { useWorld } from '../db/world.js';
import { csv, Importer, MAPPING, MARKETPLACE, type Brought } from './import-world.js';

const world = useWorld(async (w) => {
  await w.use(TEST_POLICY);
  await w.pool('sdr', ['ana', 'eva']);
});
const importer = new Importer(world);
beforeEach(() => world.takeJobs());

describe('a lead that is known', () => {
  it('from an import with the same content is unchanged, whatever else the files hold', async () => {
    const first = 'k1,k1@acme.example,ACME,,2018-02-01,,,MQL,2018-02-01,,,';
    await importer.run(csv(first));
    const before = await importer.everything();
    const again = await importer.run(csv(first, 'k1-refused,,,,,,,Dancing,,,,'));
    expect(again.counts).toMatchObject({ rows: 2, imported: 0, unchanged: 1, refused: 1 });
    expect(await importer.everything()).toEqual(before);
    const other = await importer.run(csv(first.replace('ACME', 'Other')));
    expect((await importer.rows(other.id))[0]?.why).toMatch(
      /^it was imported otherwise before, as ld_\w+ by im_\w+: its past is closed$/,
    );
    expect(await importer.everything()).toEqual(before);
  });

  it('is refused when it is live here, also when only its e-mail says so, and when its keys are of two', async () => {
    const live = await world.capture({ keys: { externalIds: [{ source: 'crm', id: 'live1' }] } });
    const mailed = await world.capture({ keys: { email: 'live2@acme.example' } });
    const before = await importer.everything();
    const record = await importer.run(
      csv(
        'live1,,,,,,,MQL,,,,',
        'live2,live2@acme.example,,,,,,MQL,,,,',
        'live1,live2@acme.example,,,,,,MQL,,,,',
      ),
    );
    const whys = (await importer.rows(record.id)).map(({ why }) => why);
    expect(whys[1]).toBe(`it is live here already, as ${mailed}: its past is closed`);
    expect(whys[0]).toBe(`these keys belong to different leads: ${[live, mailed].sort().join(', ')}`);
    expect(await importer.everything()).toEqual(before);
  });
});

describe('an import', () => {
  it('that is brought again is the same, and changes nothing', async () => {
    const what = csv('t1,,,,2018-02-01,,,MQL,2018-02-01,,,');
    const done = await importer.run(what);
    const before = await importer.everything();
    const { record, isNew } = await importer.start(what);
    expect([record, isNew]).toEqual([done, false]);
    await importer.step(done.id);
    expect(await importer.everything()).toEqual(before);
    expect(await importer.rings()).toHaveLength(1);
  });

  it('as a dry run says the same and changes nothing', async () => {
    const what = {
      ...csv(
        'd1,,,,2018-02-01,,,Working,2018-02-01,nora,,',
        'd2,,,,2018-02-01,,,Working,,nora,,',
        'd3,,,,,,,Dancing,,,,',
      ),
      mapping: `${MAPPING}reps: { missing: create }`,
    };
    const before = await importer.everything();
    const dry = await importer.run({ ...what, dryRun: true });
    expect(await importer.everything()).toEqual(before);
    expect(await importer.rings()).toEqual([]);
    const wet = await importer.run(what);
    expect({ ...wet.counts, leads: wet.leads, reps: wet.reps }).toEqual({
      ...dry.counts,
      leads: dry.leads,
      reps: ['nora'],
    });
    expect(await importer.rows(wet.id)).toEqual(await importer.rows(dry.id));
    expect((await importer.rows(wet.id))[0]?.odd).toEqual(['rep nora was not known: made, inactive']);
    expect(await world.query(`select active from rep where id = 'nora'`)).toEqual([{ active: false }]);
  });

  it('is refused whole, with every fault at once, when its mapping or its columns are wrong', async () => {
    const faults = async (what: Brought): Promise<readonly string[]> => {
      try {
        await importer.start(what);
      } catch (error) {
        if (error instanceof InvalidInput)
          return error.faults.map(({ path, message }) => `${path}: ${message}`);
        throw error;
      }
      throw new Error('it was taken');
    };
    const before = await world.query('select count(*) from import');
    expect(
      await faults({ ...csv(), mapping: 'externalId: { source: CRM, column: id }\nsurname: x' }),
    ).toEqual([
      expect.stringMatching(/^\/mapping\/externalId\/source: must be a lower-case code/),
      expect.stringMatching(/^\/mapping: .*surname/),
    ]);
    const files = 'files:\n  a.csv: { email: { column: mail } }\n  b.csv: { email: { column: post } }';
    const two = { mapping: `externalId: { source: crm, column: id }\n${files}` };
    expect(
      await faults({
        ...two,
        files: [
          ['a.csv', 'nr\n1\n'],
          ['b.csv', 'id,mail\n1,2\n'],
        ],
      }),
    ).toEqual([
      '/mapping/externalId/column: a.csv: there is no column "id"; there are: nr',
      '/mapping/email/column: a.csv: there is no column "mail"; there are: nr',
      '/mapping/email/column: b.csv: there is no column "post"; there are: id, mail',
    ]);
    expect(
      await faults({
        ...two,
        files: [
          ['a.csv', 'id,mail\n'],
          ['c.csv', 'id\n'],
        ],
      }),
    ).toEqual([
      '/mapping/files: says nothing of the file c.csv; it names: a.csv, b.csv',
      '/mapping/files/b.csv: this file was not sent',
    ]);
    expect(
      await faults({
        ...csv(),
        files: [['x.csv', 'id,id\n1,2\n']],
        mapping: 'externalId: { source: crm, column: id }',
      }),
    ).toEqual(['/mapping: x.csv: there are two columns "id"']);
    expect(
      await faults({
        ...csv(),
        files: [['x.csv', 'id\n"1\n2\n']],
        mapping: 'externalId: { source: crm, column: id }',
      }),
    ).toEqual([expect.stringMatching(/^\/file: x\.csv: .*[Qq]uote.*line/)]);
    expect(
      await faults({
        ...csv(),
        mapping:
          'externalId: { source: crm, column: id }\nevents: [{ kind: visit, source: web, id: "{id}" }]',
      }),
    ).toEqual([expect.stringMatching(/^\/mapping\/events\/0\/occurredAt: must say where the time is/)]);
    expect(await world.query('select count(*) from import')).toEqual(before);
    expect(
      await world.query(
        'select 1 from import_row r where not exists (select 1 from import i where i.id = r.import_id)',
      ),
    ).toEqual([]);
  });

  it('goes on after an interruption at any place, with the same end', async () => {
    const { mql, deals } = generateMarketplace({ leads: 240, seed: 11 });
    const what: Brought = {
      mapping: MARKETPLACE,
      files: [
        ['mql.csv', mql],
        ['closed_deals.csv', deals],
      ],
    };
    const { record } = await importer.start(what);
    await importer.step(record.id);
    // Another process did the same work at the same time.
    await Promise.all([importer.step(record.id), importer.step(record.id)]);
    const { record: again, isNew } = await importer.start(what);
    expect([again.state, isNew]).toEqual(['importing', false]);
    const done = await importer.run(what);
    expect(done.counts).toMatchObject({
      rows: 240 + deals.trim().split('\n').length - 1,
      refused: 0,
      unchanged: 0,
    });
    expect(done.leads).toBe(240);
    const [won] = await world.query<{ n: number }>(
      `select count(*) as n from lead where stage = 'closed_won'`,
    );
    expect(won?.n).toBe(deals.trim().split('\n').length - 1);
    const [counted] = await world.query(
      `select count(*) as rows, count(*) filter (where status = 'imported') as imported,
              count(*) filter (where odd <> '{}') as odd from import_row where import_id = $1`,
      [done.id],
    );
    expect(done.counts).toMatchObject(counted as object);
  });
});
