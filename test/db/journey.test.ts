import { describe, expect, it } from '@jest/globals';
import { canonical } from '../../src/domain/canonical.js';
import { evolve } from '../../src/domain/journey/evolve.js';
import { unborn } from '../../src/domain/journey/journey.js';
import { MICRO } from '../../src/domain/scoring/score.js';
import { DAY, MINUTE } from '../../src/domain/time.js';
import { GENESIS, linkHash, macMatches } from '../../src/journal/chain.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { ADMIN, asRep, START, TEST_KEY, useWorld } from './world.js';

const world = useWorld(async (w) => {
  await w.use(TEST_POLICY);
  await w.pool('sdr', ['rep-1', 'rep-2', 'rep-3']);
  await w.pool('ae', ['ae-1']);
});

describe('a lead from its first event to won', () => {
  it('goes through every stage, each step one row', async () => {
    const id = await world.hot();
    expect(await world.situation(id)).toBe('mql.offered');
    const rep = (await world.holder(id)) ?? '';
    expect(['rep-1', 'rep-2', 'rep-3']).toContain(rep);

    const accepted = await world.command(id, 'accept', {}, asRep(rep));
    expect(accepted).toMatchObject({
      outcome: 'done',
      seq: 3,
      state: { stage: 'sal', owners: { sdr: rep } },
    });
    await world.command(id, 'first_response', { channel: 'call' }, asRep(rep));
    await world.command(
      id,
      'qualification',
      { criterion: 'budget', answer: 'confirmed', confidence: null },
      asRep(rep),
    );
    await world.command(id, 'qualify', {}, asRep(rep));
    expect(await world.situation(id)).toBe('sql.offered');
    await world.command(id, 'accept', {}, asRep('ae-1'));
    await world.command(id, 'opportunity', { reference: null }, asRep('ae-1'));
    const won = await world.command(id, 'won', { amount: 1200, currency: 'EUR' }, asRep('ae-1'));
    expect(won).toMatchObject({ outcome: 'done', state: { stage: 'closed_won' } });

    const rows = await world.rows(id);
    expect(rows.map(({ input }) => input.kind)).toEqual([
      'captured',
      'score',
      'accept',
      'first_response',
      'qualification',
      'qualify',
      'accept',
      'opportunity',
      'won',
    ]);
    expect(await world.query('select * from assignment where lead_id = $1', [id])).toEqual([]);
    const stages = await world.query<{ stage: string }>(
      'select stage from stage_entry where lead_id = $1 order by seq, i',
      [id],
    );
    expect(stages.map(({ stage }) => stage)).toEqual([
      'inquiry',
      'mql',
      'sal',
      'sql',
      'opportunity',
      'closed_won',
    ]);
  });

  it('leaves a chain that anybody can check, and a state that is its fold', async () => {
    const id = await world.hot();
    const links = await world.query<{ bytes: string; prev_hash: string; hash: string; mac: string }>(
      'select bytes, prev_hash, hash, mac from journal where lead_id = $1 order by seq',
      [id],
    );
    let previous = GENESIS;
    for (const { bytes, prev_hash, hash, mac } of links) {
      expect(prev_hash).toBe(previous);
      expect(hash).toBe(linkHash(previous, bytes));
      expect(macMatches(TEST_KEY, hash, mac)).toBe(true);
      expect(canonical(JSON.parse(bytes))).toBe(bytes);
      previous = hash;
    }
    const [lead] = await world.query<{ state: string; head_hash: string }>(
      'select state, head_hash from lead where id = $1',
      [id],
    );
    const folded = (await world.rows(id)).reduce(evolve, unborn(id));
    expect(lead).toEqual({ state: canonical(folded), head_hash: previous });
    const scores = await world.query('select count(*) as n from score_entry where lead_id = $1', [id]);
    expect(scores).toEqual([{ n: 4 }]);
  });

  it('names the snapshot behind a routing, which is stored under its hash', async () => {
    const id = await world.hot();
    const fact = (await world.rows(id))[1]!.facts[0]!;
    expect(fact).toMatchObject({ answer: 'route', pool: 'sdr' });
    const hash = fact.answer === 'route' ? fact.evidence : '';
    const [evidence] = await world.query<{ bytes: string }>('select bytes from evidence where hash = $1', [
      hash,
    ]);
    expect(JSON.parse(evidence!.bytes)).toMatchObject({
      pool: 'sdr',
      lead: id,
      candidates: [{ rep: 'rep-1' }, { rep: 'rep-2' }, { rep: 'rep-3' }],
    });
  });
});

describe('an offered lead', () => {
  it('is lost at the instant of expiry: the deadline comes first', async () => {
    world.clock.set(START);
    const id = await world.hot();
    const rep = (await world.holder(id)) ?? '';
    const stored = await world.store(id, 'accept', {}, asRep(rep));
    world.clock.set(START + 60 * MINUTE);
    const first = await world.apply({ leadId: id, at: world.clock.now(), command: stored.inputId });
    expect(first).toMatchObject({ answer: null, more: true });
    const answer = await world.decide(id, stored.inputId);
    expect(answer).toMatchObject({ outcome: 'refused', code: 'too_late' });
    expect(await world.holder(id)).not.toBe(rep);
  });

  it('is kept a millisecond before it', async () => {
    world.clock.set(START);
    const id = await world.hot();
    const rep = (await world.holder(id)) ?? '';
    world.clock.set(START + 60 * MINUTE - 1);
    expect(await world.command(id, 'accept', {}, asRep(rep))).toMatchObject({ outcome: 'done' });
  });

  it('walks remind, reassign, next rep, escalate, review, with each timer at its own due', async () => {
    world.clock.set(START);
    const id = await world.hot();
    let result = await world.run(id);
    const fired: string[] = [];
    for (let i = 0; i < 30 && result.wakeAt !== null && !fired.includes('escalation'); i++) {
      world.clock.set(result.wakeAt);
      fired.push(result.wakeFor ?? '');
      result = await world.run(id);
    }
    expect(await world.situation(id)).toBe('review');
    const timers = (await world.rows(id)).filter(({ input }) => input.kind === 'timer');
    expect(timers.every(({ input }) => input.kind === 'timer' && input.at === input.body.due)).toBe(true);
  });
});

describe('a score that decays', () => {
  it('demotes the lead at the computed minute, and no look changes anything before', async () => {
    world.clock.set(START);
    const id = await world.lead({
      fields: { industry: 'software' },
      events: [world.event('pricing_page')],
    });
    expect(await world.situation(id)).toBe('mql.early');
    let result = await world.run(id);
    const { seq } = result;
    const looks: number[] = [];
    while (result.seq === seq && looks.length < 10) {
      expect(result).toMatchObject({ wakeFor: 'score', more: false });
      expect(result.wakeAt! % MINUTE).toBe(0);
      looks.push(result.wakeAt!);
      world.clock.set(result.wakeAt!);
      result = await world.run(id);
    }
    // One look where it falls below the way up, one where it falls below the way down.
    expect(looks).toHaveLength(2);
    expect(await world.situation(id)).toBe('nurture');
    const [, , demoted] = await world.rows(id);
    expect(demoted).toMatchObject({ input: { kind: 'score', at: looks[1] } });
    expect(demoted!.input.score.total).toBeLessThan(40 * MICRO);
  });

  it('lets a lead that does nothing rest after its inactivity', async () => {
    world.clock.set(START);
    const id = await world.lead({ fields: { industry: 'software' }, events: [world.event('pricing_page')] });
    world.clock.set(START + 90 * DAY);
    await world.run(id);
    expect(await world.situation(id)).toBe('nurture');
  });
});

describe('an ended journey', () => {
  it('is reopened without a workflow, and rings for one in the same transaction', async () => {
    world.clock.set(START);
    const id = await world.lead();
    await world.command(id, 'disqualify', { reason: 'student' }, ADMIN);
    await world.takeJobs();
    const { inputId } = await world.store(id, 'reopen', { reason: 'mistake' }, ADMIN);
    const answer = await world.applyDirectly(id, inputId);
    expect(answer).toMatchObject({ outcome: 'done' });
    expect(await world.takeJobs()).toEqual([`ring:fact:${id}`]);
  });

  it('answers late commands without ringing', async () => {
    const id = await world.lead();
    await world.command(id, 'disqualify', { reason: 'student' }, ADMIN);
    await world.takeJobs();
    const { inputId } = await world.store(id, 'accept', {}, asRep('rep-1'));
    expect(await world.applyDirectly(id, inputId)).toMatchObject({ outcome: 'refused', code: 'not_open' });
    expect(await world.takeJobs()).toEqual([]);
  });
});
