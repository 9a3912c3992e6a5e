import { describe, expect, it } from '@jest/globals';
import { MINUTE, SECOND } from '../../src/domain/time.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { size } from '../support/size.js';
import { ADMIN, asRep, START, useWorld } from './world.js';

const world = useWorld(async (w) => {
  await w.use(TEST_POLICY);
  await w.pool('sdr', ['rep-1', 'rep-2']);
  await w.pool('ae', ['ae-1']);
});

describe('a command that comes again', () => {
  it('with the same key gets the stored answer, whatever has happened since', async () => {
    const id = await world.hot();
    const rep = (await world.holder(id)) ?? '';
    const first = await world.command(id, 'accept', {}, asRep(rep), 'key-a');
    await world.command(id, 'first_response', { channel: null }, asRep(rep));
    const rows = await world.rows(id);
    expect(await world.store(id, 'accept', {}, asRep(rep), 'key-a')).toMatchObject({
      stored: 'already',
      answer: first,
    });
    expect(await world.decide(id, 'key-a')).toEqual(first);
    expect(await world.rows(id)).toEqual(rows);
  });

  it('with the same key and another body is told so', async () => {
    const id = await world.lead();
    await world.command(id, 'tags', { add: ['a'], remove: [] }, ADMIN, 'key-b');
    const other = await world.store(id, 'tags', { add: ['b'], remove: [] }, ADMIN, 'key-b');
    expect(other.stored).toBe('body_differs');
  });

  it('before it is decided is stored once', async () => {
    const id = await world.lead();
    const stored = await Promise.all(
      Array.from({ length: 10 }, () => world.store(id, 'tags', { add: ['a'], remove: [] }, ADMIN, 'key-c')),
    );
    expect(stored.filter((result) => result.stored === 'new')).toHaveLength(1);
    expect(stored.filter((result) => result.stored === 'already')).toHaveLength(9);
  });

  it('with another key is judged anew', async () => {
    const id = await world.hot();
    const rep = (await world.holder(id)) ?? '';
    await world.command(id, 'accept', {}, asRep(rep));
    const again = await world.command(id, 'accept', {}, asRep(rep));
    expect(again).toMatchObject({ outcome: 'refused', code: 'already_accepted', seq: 4 });
  });
});

describe('free text', () => {
  it('lies apart from the journal, which holds its salted hash', async () => {
    const id = await world.lead();
    const { inputId } = await world.store(id, 'tags', { add: ['vip'], remove: [] }, ADMIN, undefined, {
      note: 'met at the fair',
    });
    await world.decide(id, inputId);
    const row = (await world.rows(id)).at(-1)!;
    expect(JSON.stringify(row)).not.toContain('fair');
    const kept = await world.query('select lead_id, bytes from personal_evidence where hash = $1', [
      row.input.personal,
    ]);
    expect(kept).toEqual([{ lead_id: id, bytes: '{"note":"met at the fair"}' }]);
  });
});

describe('a flood of equal refusals', () => {
  it('is answered each time, journaled three times, and counted by the next row', async () => {
    world.clock.set(START);
    const id = await world.hot();
    const stranger = asRep((await world.holder(id)) === 'rep-1' ? 'rep-2' : 'rep-1');
    const before = (await world.rows(id)).length;
    for (let i = 0; i < 10; i++) {
      const answer = await world.command(id, 'accept', {}, stranger);
      expect(answer).toMatchObject({
        outcome: 'refused',
        code: 'not_yours',
        seq: i < 3 ? before + i + 1 : null,
      });
      world.clock.advance(SECOND);
    }
    // Another refusal in between is journaled, and so does not hide the flood.
    await world.command(id, 'won', { amount: null, currency: null }, stranger);
    expect(await world.command(id, 'accept', {}, stranger)).toMatchObject({ seq: null });
    world.clock.advance(MINUTE);
    await world.command(id, 'accept', {}, stranger);
    const refused = (await world.rows(id)).slice(before);
    expect(refused.map(({ input, suppressed }) => [input.kind, suppressed])).toEqual([
      ['accept', 0],
      ['accept', 0],
      ['accept', 0],
      ['won', 7],
      ['accept', 1],
    ]);
  });
});

describe('many at once on one lead', () => {
  it('accepts once, and everybody is answered', async () => {
    const id = await world.hot();
    const rep = (await world.holder(id)) ?? '';
    const many = size(50, 50);
    const stored = await Promise.all(
      Array.from({ length: many }, () => world.store(id, 'accept', {}, asRep(rep))),
    );
    const answers = await Promise.all(stored.map(({ inputId }) => world.decide(id, inputId)));
    expect(answers.filter(({ outcome }) => outcome === 'done')).toHaveLength(1);
    const codes = answers.flatMap((answer) => (answer.outcome === 'refused' ? [answer.code] : []));
    expect(codes).toEqual(Array.from({ length: many - 1 }, () => 'already_accepted'));
    const rows = await world.rows(id);
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1));
    expect(rows).toHaveLength(2 + 1 + 3);
    const [lead] = await world.query('select refusals_suppressed as suppressed from lead where id = $1', [
      id,
    ]);
    expect(lead).toEqual({ suppressed: many - 4 });
  });

  it('the same command, applied by many, is one row', async () => {
    const id = await world.lead();
    const { inputId } = await world.store(id, 'tags', { add: ['x'], remove: [] }, ADMIN);
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.decide(id, inputId)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await world.rows(id)).toHaveLength(2);
  });
});

describe('apply', () => {
  it('refuses a lead or a command that it does not know, for good', async () => {
    const at = world.clock.now();
    await expect(world.apply({ leadId: 'ld_nobody', at, command: null })).rejects.toMatchObject({
      name: 'JournalConflict',
    });
    const id = await world.lead();
    await expect(world.apply({ leadId: id, at, command: 'nothing' })).rejects.toMatchObject({
      name: 'JournalConflict',
    });
  });

  it('never goes back in time', async () => {
    const id = await world.lead();
    const { inputId } = await world.store(id, 'tags', { add: ['x'], remove: [] }, ADMIN);
    await world.apply({ leadId: id, at: 1, command: inputId });
    const [captured, tagged] = await world.rows(id);
    expect(tagged!.input.at).toBe(captured!.input.at);
  });

  it('takes facts in the order of their coming, one row a call, before the command', async () => {
    world.clock.set(START);
    const id = await world.capture({
      events: [world.event('meeting_booked'), world.event('meeting_held')],
    });
    const { inputId } = await world.store(id, 'tags', { add: ['x'], remove: [] }, ADMIN);
    const request = { leadId: id, at: world.clock.now(), command: inputId };
    expect(await world.apply(request)).toMatchObject({ seq: 2, answer: null, more: true });
    expect(await world.apply(request)).toMatchObject({ seq: 3, answer: null, more: true });
    expect(await world.apply(request)).toMatchObject({ seq: 4, answer: { outcome: 'done' }, more: false });
    expect((await world.rows(id)).map(({ input }) => input.kind)).toEqual([
      'captured',
      'meeting_booked',
      'meeting_held',
      'tags',
    ]);
  });

  it('tells the story in codes and ids', async () => {
    const id = await world.capture({ events: [world.event('demo_request')] });
    const { summary } = await world.apply({ leadId: id, at: world.clock.now(), command: null });
    expect(summary).toMatch(/^mql\.advanced → hand-off to sdr → assigned rep-[12]/);
    expect(summary.length).toBeLessThanOrEqual(200);
  });
});

describe('notifications', () => {
  it('are written once per active webhook, or once as undeliverable', async () => {
    const without = await world.hot();
    expect(await deliveries(without)).toEqual([{ status: 'no_endpoint', webhook_id: null }]);
    for (const webhook of ['w1', 'w2']) {
      await world.query(`insert into webhook values ($1, 'http://127.0.0.1:9', 's', true, now())`, [webhook]);
    }
    await world.takeJobs();
    const id = await world.hot();
    expect(await deliveries(id)).toEqual([
      { status: 'pending', webhook_id: 'w1' },
      { status: 'pending', webhook_id: 'w2' },
    ]);
    expect((await world.takeJobs()).filter((key) => key.startsWith('deliver:'))).toHaveLength(2);
    await world.query('update webhook set active = false');
  });

  const deliveries = (id: string) =>
    world.query(
      `select status, webhook_id from delivery where lead_id = $1 and about = 'offered' order by webhook_id`,
      [id],
    );
});
