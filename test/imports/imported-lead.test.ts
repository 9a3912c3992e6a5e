import { beforeEach, describe, expect, it } from '@jest/globals';
import { HOUR } from '../../src/domain/time.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { useWorld } from '../db/world.js';
import { csv, Importer, MAPPING } from './import-world.js';

const world = useWorld(async (w) => {
  await w.use(TEST_POLICY);
  await w.pool('sdr', ['ana', 'eva']);
});
const importer = new Importer(world);
beforeEach(() => world.takeJobs());

describe('an imported lead', () => {
  it('has its past in its journal, and goes on from now', async () => {
    const record = await importer.run(
      csv('a1,jo@acme.example,ACME,Trade Fair,2018-02-01,12,2018-02-03 10:00,Working,2018-02-05 09:30,ana,,'),
    );
    expect(record).toMatchObject({ leads: 1, counts: { rows: 1, imported: 1, refused: 0, odd: 0 } });
    const lead = await importer.leadOf('a1');
    const rows = await world.rows(lead);
    expect(rows.map(({ input: { kind, occurred } }) => [kind, occurred])).toEqual([
      ['captured', Date.parse('2018-02-01T02:00:00Z')],
      ['history_recorded', Date.parse('2018-02-05T11:30:00Z')],
      ['journey_resumed', null],
    ]);
    expect(rows[0]?.input.body).toMatchObject({ source: 'trade_fair', imported: true });
    expect(rows[1]?.input.body).toMatchObject({ import: record.id, file: 1, row: 1, sdr: 'ana' });
    const [stored] = await world.query(
      `select l.situation, l.holder, p.company, p.email, p.fields, e.occurred_at, e.kind
         from lead l join lead_profile p on p.lead_id = l.id join event e on e.lead_id = l.id where l.id = $1`,
      [lead],
    );
    expect(stored).toMatchObject({
      situation: 'sal',
      holder: 'ana',
      company: 'ACME',
      email: 'jo@acme.example',
      fields: { size: 12 },
      kind: 'pricing_page',
      occurred_at: Date.parse('2018-02-03T12:00:00Z'),
    });
    expect(await importer.rings()).toEqual([`ring:score:${lead}`]);
    expect((await world.run(lead)).seq).toBe(3);
  });

  it('that is over gets no workflow, and keeps what it was won for', async () => {
    const { startsUntil } = await importer.run(csv('a2,,,,2018-02-01,,,Won,2018-03-01,,,19.99'));
    const rows = await world.rows(await importer.leadOf('a2'));
    expect(rows[1]?.result).toMatchObject({
      transitions: expect.arrayContaining([
        expect.objectContaining({ outcome: 'won', amount: 1999, currency: 'EUR' }),
      ]),
    });
    expect(startsUntil).toBeNull();
    expect(await importer.rings()).toEqual([]);
  });

  it('raises no hand, and its meetings are over', async () => {
    const events = ['demo_request', 'meeting_booked'].map(
      (kind) => `  - { kind: ${kind}, source: web, id: '{id}:${kind}', occurredAt: { column: first } }`,
    );
    await importer.run({
      mapping: `externalId: { source: crm, column: id }\nevents:\n${events.join('\n')}`,
      files: [['hands.csv', 'id,first\nh1,2018-01-01\n']],
    });
    expect(
      await world.query('select 1 from inbox where lead_id = $1', [await importer.leadOf('h1')]),
    ).toEqual([]);
    expect(await world.situation(await importer.leadOf('h1'))).toBe('inquiry');
  });

  it('starts its workflow in its turn, so many in a second', async () => {
    await importer.run({
      ...csv('s1,,,,,,,MQL,,,,', 's2,,,,,,,MQL,,,,', 's3,,,,,,,Won,,,,', 's4,,,,,,,MQL,,,,'),
      mapping: `${MAPPING}resume: { rate: 2 }`,
    });
    const jobs = await world.query<{ at: number }>(
      `select run_at as at from graphile_worker.jobs where task_identifier = 'ring' and priority > 0 order by run_at`,
    );
    const now = world.clock.now();
    expect(jobs.map(({ at }) => at - now)).toEqual([0, 500, 1000]);
  });

  it('has everything that runs from now at its own time in the window', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => `w${i},,,,,,,Working,2018-01-01,ana,,`);
    await importer.run({ ...csv(...rows), mapping: `${MAPPING}resume: { spread: 10 hours }` });
    const found = await world.query<{ wake_at: number }>(
      `select l.wake_at from lead l join identity i on i.lead_id = l.id where i.value like 'w%' order by 1`,
    );
    const first = found[0]?.wake_at ?? 0;
    const hours = new Set(found.map(({ wake_at: at }) => Math.floor((at - first) / HOUR)));
    expect(found).toHaveLength(50);
    expect(hours.size).toBeGreaterThan(6);
    expect(Math.max(...hours)).toBeLessThan(10);
  });
});
