import { describe, expect, it } from '@jest/globals';
import { MINUTE } from '../../src/domain/time.js';
import type { LeadCapture, LeadEvent } from '../../src/leads/ingest.types.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { ADMIN, useWorld } from './world.js';

const world = useWorld(async (w) => {
  await w.use({
    ...TEST_POLICY,
    disqualifiers: [{ id: 'students', field: 'role', when: { in: ['student'] }, reason: 'student' }],
  });
  await w.pool('sdr', ['rep-1', 'rep-2']);
});

const external = (id: string, source = 'crm') => ({ externalIds: [{ source, id }] });
const capture = (leads: LeadCapture[]) => world.ingest.captureLeads(leads, ADMIN);
const record = (events: LeadEvent[]) => world.ingest.recordEvents(events, ADMIN);

/** Everything that ingest may write, counted. */
const counts = async () =>
  world.query(
    `select (select count(*) from lead) as leads, (select count(*) from event) as events,
            (select count(*) from score_entry) as entries, (select count(*) from journal) as rows,
            (select count(*) from identity) as identities, (select count(*) from inbox) as inbox,
            (select count(*) from graphile_worker.jobs) as jobs`,
  );

describe('a new lead', () => {
  it('has its row 1 and rings once', async () => {
    await world.takeJobs();
    const [result] = await capture([
      { keys: { ...external('a1'), email: ' Ada@Example.com ' }, source: 'ads' },
    ]);
    expect(result).toMatchObject({ index: 0, status: 'created' });
    const id = result!.status === 'fault' ? '' : result!.leadId;
    expect(await world.takeJobs()).toEqual([`ring:score:${id}`]);
    const [row] = await world.rows(id);
    expect(row).toMatchObject({ seq: 1, input: { kind: 'captured', body: { source: 'ads' } } });
    expect(JSON.stringify(row)).not.toContain('example.com');
  });

  it('that raises its hand in the same request rings once, and apply hands it off in one call', async () => {
    await world.takeJobs();
    const id = await world.capture({ events: [world.event('demo_request'), world.event('pricing_page')] });
    expect(await world.takeJobs()).toEqual([`ring:fact:${id}`]);
    const result = await world.apply({ leadId: id, at: world.clock.now(), command: null });
    expect(result).toMatchObject({ seq: 2, more: false, attributes: { stage: 'mql.assigned' } });
  });

  it('that raises its hand but is disqualified ends', async () => {
    const id = await world.lead({ fields: { role: 'student' }, events: [world.event('demo_request')] });
    expect(await world.situation(id)).toBe('disqualified');
  });
});

describe('the same again', () => {
  it('changes nothing: leads, events, score, journal, jobs', async () => {
    const lead: LeadCapture = {
      keys: { ...external('b1'), email: 'b1@example.com' },
      fields: { industry: 'software' },
      events: [world.event('pricing_page')],
    };
    const first = await capture([lead]);
    await world.takeJobs();
    const before = await counts();
    const again = await capture([lead]);
    expect(again).toEqual([{ ...first[0], status: 'updated' }]);
    const [event] = lead.events!;
    expect(await record([{ ...event!, lead: external('b1') }])).toMatchObject([{ status: 'duplicate' }]);
    // A repeat is known by its own id, also where it names its lead otherwise.
    expect(await record([{ ...event!, lead: external('unheard-of') }])).toMatchObject([
      { status: 'duplicate' },
    ]);
    expect(await counts()).toEqual(before);
  });

  it('twenty times at once is one lead and one event', async () => {
    const event = { ...world.event('pricing_page'), lead: { ...external('c1'), email: 'c1@example.com' } };
    const results = await Promise.all(Array.from({ length: 20 }, () => record([event])));
    const leads = new Set(results.flat().map((result) => (result.status === 'fault' ? '' : result.leadId)));
    expect(leads.size).toBe(1);
    expect(results.flat().filter(({ status }) => status === 'recorded')).toHaveLength(1);
    const [lead] = [...leads];
    expect(await world.rows(lead!)).toHaveLength(1);
  });
});

describe('one event', () => {
  it('brought twenty times at once for a lead that is known is recorded once', async () => {
    const id = await world.lead({ fields: { industry: 'software' } });
    const event = { ...world.event('pricing_page'), lead: { id } };
    const results = await Promise.all(Array.from({ length: 20 }, () => record([event])));
    expect(results.flat().filter(({ status }) => status === 'recorded')).toHaveLength(1);
    expect(results.flat().filter(({ status }) => status === 'duplicate')).toHaveLength(19);
    expect(await world.query('select n from score_entry where lead_id = $1 order by n', [id])).toEqual([
      { n: 1 },
      { n: 2 },
    ]);
  });

  it('that a batch brings for two leads belongs to the first, and counts for no other', async () => {
    const event = world.event('pricing_page');
    const results = await capture([
      { keys: external('j1'), events: [event] },
      { keys: external('j2'), events: [event] },
    ]);
    const [first, second] = results.map((result) => (result.status === 'fault' ? '' : result.leadId));
    expect(await world.query('select lead_id from event where event_id = $1', [event.id])).toEqual([
      { lead_id: first },
    ]);
    expect(await world.query('select 1 from score_entry where lead_id = $1', [second])).toEqual([]);
  });
});

describe('two people who share an e-mail address', () => {
  it('stay two leads, also when both come at once', async () => {
    for (let round = 0; round < 10; round++) {
      const email = `shared-${round}@example.com`;
      await capture([{ keys: { email } }]);
      const both = await Promise.all(
        ['one', 'two'].map((id) =>
          capture([{ keys: { email, externalIds: [{ source: 'erp', id: `${id}-${round}` }] } }]),
        ),
      );
      const leads = both.flat().map((result) => (result.status === 'fault' ? '' : result.leadId));
      expect(new Set(leads).size).toBe(2);
    }
  });
});

describe('a batch', () => {
  it('commits its valid rows and names the faulty ones', async () => {
    await capture([{ keys: external('d1') }, { keys: external('d2') }]);
    const future = world.clock.now() + 6 * MINUTE;
    const results = await capture([
      { keys: external('d3') },
      { keys: {} },
      {
        keys: {
          externalIds: [
            { source: 'crm', id: 'd1' },
            { source: 'crm', id: 'd2' },
          ],
        },
      },
      { keys: { id: 'ld_nobody' } },
      { keys: external('d4'), events: [world.event('pricing_page', future)] },
      { keys: external('d5'), name: 'half a \ud800 pair' },
      { keys: external('d6'), fields: { note: 'a \u0000 character' } },
      { keys: external(longKey()) },
      { keys: external('d7') },
    ]);
    expect(
      results.map((r) => (r.status === 'fault' ? `${r.index} ${r.fault.code} ${r.fault.path}` : r.status)),
    ).toEqual([
      'created',
      '1 no_keys ',
      '2 identity_conflict ',
      '3 unknown_lead /id',
      '4 in_the_future /events/0/occurredAt',
      '5 malformed_text /name',
      '6 malformed_text /fields/note',
      '7 not_storable ',
      'created',
    ]);
    const conflict = results[2]!;
    expect(conflict.status === 'fault' && conflict.fault.leads).toHaveLength(2);
    for (const id of ['d4', 'd5', 'd6']) {
      expect(await world.query('select 1 from identity where value = $1', [id])).toEqual([]);
    }
  });

  it('of many leads that name each other keeps them apart or together as their keys say', async () => {
    const results = await capture([
      { keys: { ...external('e1'), email: 'e@example.com' } },
      { keys: { email: 'E@example.com' }, name: 'Same by mail' },
      { keys: { ...external('e1', 'shop'), email: 'e@example.com' } },
      { keys: { ...external('e2'), email: 'e@example.com' }, name: 'The CRM says: somebody else' },
    ]);
    const [one, two, three, four] = results.map((result) =>
      result.status === 'fault' ? null : result.leadId,
    );
    expect(two).toBe(one);
    expect(three).toBe(one);
    expect(four).not.toBe(one);
  });
});

describe('behaviour of a known lead', () => {
  it('rings only where the journey cares', async () => {
    const id = await world.lead({ keys: external('f1'), fields: { industry: 'software' } });
    await world.takeJobs();
    await record([{ ...world.event('page_view'), lead: external('f1') }]);
    expect(await world.takeJobs()).toEqual([]);
    // Points that cross no threshold are written, and nobody is told.
    const cold = await world.lead();
    await world.takeJobs();
    await record([{ ...world.event('pricing_page'), lead: { id: cold } }]);
    const [scored] = await world.query('select score from lead where id = $1', [cold]);
    expect([scored, await world.takeJobs()]).toEqual([{ score: 16_500_000 }, []]);
    // 36 of explicit, 16.5 of implicit: above the MQL threshold.
    await record([{ ...world.event('pricing_page'), lead: { id } }]);
    expect(await world.takeJobs()).toEqual([`ring:score:${id}`]);
    await world.run(id);
    expect(await world.situation(id)).toBe('mql.early');
    // Far above the next one: its next crossing is later than the wake-up that is set.
    const more = [1, 2].map(() => ({ ...world.event('pricing_page'), lead: { id } }));
    await record(more);
    expect(await world.takeJobs()).toEqual([`ring:score:${id}`]);
  });

  it('counts an update of fields by reversal, so that the score is what the fields say', async () => {
    const id = await world.lead({ keys: external('g1'), fields: { industry: 'software' } });
    await capture([{ keys: { id }, fields: { industry: 'farming' } }]);
    const entries = await world.query(
      'select micro, reverses from score_entry where lead_id = $1 order by n',
      [id],
    );
    expect(entries).toEqual([
      { micro: 80_000_000, reverses: null },
      { micro: -80_000_000, reverses: 1 },
    ]);
    const [lead] = await world.query<{ score: number }>('select score from lead where id = $1', [id]);
    expect(lead!.score).toBe(0);
  });

  it('that turns out to be a disqualifier ends the journey', async () => {
    const id = await world.lead({ keys: external('h1') });
    await capture([{ keys: { id }, fields: { role: 'student' } }]);
    await world.run(id);
    expect(await world.situation(id)).toBe('disqualified');
  });

  it('keeps the original source and the latest apart', async () => {
    const id = await world.lead({ keys: external('i1'), source: 'ads', campaign: 'spring' });
    await capture([{ keys: { id }, source: 'webinar' }]);
    const origin = await world.query(
      'select source, campaign, latest_source, latest_campaign from lead where id = $1',
      [id],
    );
    expect(origin).toEqual([
      { source: 'ads', campaign: 'spring', latest_source: 'webinar', latest_campaign: 'spring' },
    ]);
  });
});

describe('a transaction that dies', () => {
  it('leaves nothing behind', async () => {
    const before = await counts();
    // The chunk fails at its end, after everything was written.
    await world.query(`
      alter table graphile_worker._private_jobs add constraint no_more check (false) not valid`);
    await expect(world.capture({ events: [world.event('demo_request')] })).rejects.toThrow(/not_storable/);
    await world.query('alter table graphile_worker._private_jobs drop constraint no_more');
    expect(await counts()).toEqual(before);
  });
});

/** Too long for an index, and not compressible. */
function longKey(): string {
  let seed = 1;
  return Array.from({ length: 12_000 }, () => {
    seed = (seed * 48271) % 2147483647;
    return String.fromCharCode(33 + (seed % 90));
  }).join('');
}
