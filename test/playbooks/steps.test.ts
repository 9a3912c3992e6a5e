import { beforeEach, describe, expect, it } from '@jest/globals';
import { DAY, MINUTE } from '../../src/domain/time.js';
import type { Bell } from '../../src/outbox/jobs.js';
import { addJob } from '../../src/outbox/jobs.js';
import { createStepTask } from '../../src/playbooks/step.task.js';
import { ADMIN, asRep, TEST_KEY, useWorld, type World } from '../db/world.js';
import { PLAYBOOK_POLICY } from '../domain/playbooks/policies.js';
import { useRelay } from '../outbox/test-relay.js';
import { useReceiver } from '../outbox/webhook-receiver.js';

/** Stands at the door of Temporal: notes who is rung. */
const rung: string[] = [];
const gateway = {
  ring: async (leadId: string, _bell: Bell) => {
    rung.push(leadId);
    return Promise.resolve();
  },
};

const POLICY = {
  ...PLAYBOOK_POLICY,
  tracks: PLAYBOOK_POLICY.tracks!.filter(({ id }) => id === 'warm-up'),
};
const receiver = useReceiver();
const relay = useRelay({ world: () => world, gateway: () => gateway });
const world: World = useWorld(async (w) => {
  await w.use(POLICY);
  await w.pool('sdr', ['ana']);
  const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
  await w.query(`insert into webhook (id, url, secret, created_at) values ('wh', $1, $2, now())`, [
    receiver.url,
    secret,
  ]);
});

beforeEach(async () => {
  // Jobs are due by the machine's clock at the earliest.
  world.clock.set(Date.now());
  await world.query(`update track_enrolment set next_at = null`);
  await world.query(`update inbox set done = true`);
  await world.query(`update lead set wake_at = null`);
  await world.takeJobs();
  receiver.status = 204;
});

/** A lead in nurture whose bells have rung. */
async function nurtured(): Promise<{ lead: string; seq: number }> {
  const lead = await world.lead();
  await world.command(lead, 'hand_off', { reason: 'known', pool: null }, ADMIN);
  await world.command(lead, 'reject', { reason: 'bad_timing' }, asRep('ana'));
  expect(await world.situation(lead)).toBe('nurture');
  await relay().drain();
  rung.length = 0;
  receiver.received.length = 0;
  return { lead, seq: await newestStay(lead) };
}
async function newestStay(lead: string): Promise<number> {
  const [row] = await world.query<{ seq: number }>(
    'select max(seq) as seq from track_enrolment where lead_id = $1',
    [lead],
  );
  return row!.seq;
}
const said = (): { type: string; data: Record<string, unknown> }[] =>
  receiver.received.map(({ body }) => JSON.parse(body) as { type: string; data: Record<string, unknown> });
const topics = (): string[] => said().map(({ type }) => type);
const stay = async (lead: string) => {
  const [row] = await world.query<{ done: number; next_at: number | null; left_at: number | null }>(
    'select done, next_at, left_at from track_enrolment where lead_id = $1 order by seq desc limit 1',
    [lead],
  );
  return row!;
};
const step = (lead: string, seq: number): Promise<void> => {
  const { dataSource, policies, clock } = world;
  const run = createStepTask({ dataSource, policies, clock, journalKey: TEST_KEY });
  return run({ leadId: lead, track: 'warm-up', seq }, undefined as never) as Promise<void>;
};
const after = (days: number): number => world.clock.advance(days * DAY);
const taskTitles = async (lead: string): Promise<string[]> =>
  (
    await world.query<{ title: string }>('select title from task where lead_id = $1 and track is not null', [
      lead,
    ])
  ).map(({ title }) => title);

describe('the steps of a track', () => {
  it('come when they are due, round after round, tell other systems and leave the workflow alone', async () => {
    const { lead, seq } = await nurtured();
    const before = await world.rows(lead);
    await relay().drain();
    expect(topics()).toEqual([]);
    after(3);
    await relay().drain();
    expect(said()).toEqual([
      expect.objectContaining({
        type: 'track.send_story',
        data: {
          lead,
          seq,
          recipient: { kind: 'systems', id: null },
          stage: 'nurture',
          level: null,
          track: 'warm-up',
          step: 1,
        },
      }),
    ]);
    after(7);
    await relay().drain();
    after(3);
    await relay().drain();
    after(7);
    await relay().drain();
    after(100);
    await relay().drain();
    expect(topics()).toEqual([
      'track.send_story',
      'track.send_offer',
      'track.send_story',
      'track.send_offer',
    ]);
    expect(await taskTitles(lead)).toEqual([`Look at ${lead} of nobody`, `Look at ${lead} of nobody`]);
    expect(await stay(lead)).toEqual({ done: 4, next_at: null, left_at: null });
    expect(await world.rows(lead)).toEqual(before);
    expect(rung).toEqual([]);
  });

  it('that are long overdue come one at a time, each after its own wait', async () => {
    const { lead } = await nurtured();
    after(60);
    const back = world.clock.now();
    await relay().drain();
    await relay().drain();
    expect(topics()).toEqual(['track.send_story']);
    expect(await stay(lead)).toMatchObject({ done: 1, next_at: back + 7 * DAY });
  });

  it('come once, also when a job runs again, or twice at once', async () => {
    const { lead, seq } = await nurtured();
    await world.takeJobs();
    after(3);
    await Promise.all([step(lead, seq), step(lead, seq), step(lead, seq)]);
    await step(lead, seq);
    expect(await stay(lead)).toMatchObject({ done: 1 });
    await relay().drain();
    expect(topics()).toEqual(['track.send_story']);
  });

  it('of a worker that dies between leave nothing half done and are made up for', async () => {
    const { lead, seq } = await nurtured();
    await world.takeJobs();
    after(3);
    // Its connection breaks when all is written and nothing committed.
    const holder = world.dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('select 1 from lead where id = $1 for update', [lead]);
    const dying = step(lead, seq).then(
      () => 'done',
      () => 'died',
    );
    let killed = 0;
    while (killed === 0) {
      const rows = await world.query<{ pid: number }>(
        `select pg_terminate_backend(pid) as dead, pid from pg_stat_activity
          where wait_event_type = 'Lock' and query like '%from lead l where id%' and datname = current_database()`,
      );
      killed = rows.length;
    }
    expect(await dying).toBe('died');
    await holder.rollbackTransaction();
    await holder.release();
    expect(await stay(lead)).toMatchObject({ done: 0 });
    await step(lead, seq);
    await relay().drain();
    expect(topics()).toEqual(['track.send_story']);
  });

  it('whose job was lost are found by the sweep, after a minute', async () => {
    const { lead } = await nurtured();
    await world.takeJobs();
    after(3);
    const sweep = async () => {
      await addJob(world.dataSource.manager, { name: 'sweep', payload: {} });
      await relay().drain();
    };
    await sweep();
    expect(topics()).toEqual([]);
    world.clock.advance(2 * MINUTE);
    await sweep();
    expect(topics()).toEqual(['track.send_story']);
    expect(await stay(lead)).toMatchObject({ done: 1 });
  });

  it('come no more when the lead has left, and from the beginning when it comes back', async () => {
    const { lead, seq } = await nurtured();
    after(3);
    await relay().drain();
    await world.command(lead, 'hand_off', { reason: 'known', pool: null }, ADMIN);
    expect(await stay(lead)).toMatchObject({ done: 1, next_at: null, left_at: world.clock.now() });
    after(7);
    await relay().drain();
    expect(topics().filter((type) => type.startsWith('track.'))).toEqual(['track.send_story']);

    await world.run(lead);
    await world.command(lead, 'recycle', { reason: 'cooled' }, ADMIN);
    expect(await world.situation(lead)).toBe('nurture');
    expect(await newestStay(lead)).toBeGreaterThan(seq);
    receiver.received.length = 0;
    after(3);
    await relay().drain();
    expect(topics().filter((type) => type.startsWith('track.'))).toEqual(['track.send_story']);
    const stays = await world.query('select 1 from track_enrolment where lead_id = $1', [lead]);
    expect(stays).toHaveLength(2);
  });

  it('go by the policy of their entry, whatever leads get now', async () => {
    const { lead } = await nurtured();
    await world.use({ ...PLAYBOOK_POLICY, name: 'newer', tracks: [] });
    after(3);
    await relay().drain();
    expect(topics()).toEqual(['track.send_story']);
    expect(await stay(lead)).toMatchObject({ done: 1 });
    world.clock.advance(MINUTE);
    await world.use(POLICY);
  });

  it('that nobody takes are given up without waking the lead', async () => {
    const { lead } = await nurtured();
    receiver.status = 500;
    after(3);
    await relay().drain();
    await world.query(`update delivery set attempts = 7 where lead_id = $1 and part <> ''`, [lead]);
    world.clock.advance(DAY);
    await relay().drain();
    const sent = await world.query(`select status from delivery where lead_id = $1 and part <> ''`, [lead]);
    expect(sent).toEqual([{ status: 'dead' }]);
    const facts = await world.query(
      `select kind from inbox where lead_id = $1 and kind = 'delivery_failed'`,
      [lead],
    );
    expect([facts, rung]).toEqual([[], []]);
  });
});
