import { describe, expect, it } from '@jest/globals';
import { inTransaction } from '../../src/db/transaction.js';
import { canonical } from '../../src/domain/canonical.js';
import { evolve } from '../../src/domain/journey/evolve.js';
import { unborn } from '../../src/domain/journey/journey.js';
import { SYSTEM } from '../../src/domain/journey/inputs.js';
import { GENESIS } from '../../src/journal/chain.js';
import { applyInput } from '../../src/leads/apply-input.js';
import { finish } from '../../src/leads/apply-next.js';
import { type ApplyTransaction, withWrites } from '../../src/leads/apply-transaction.js';
import { addFact, type WaitingInput } from '../../src/leads/inbox-store.js';
import { insertLead, type LockedLead } from '../../src/leads/lead-store.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { ADMIN, START, TEST_KEY, useWorld } from './world.js';

let policy = '';
const world = useWorld(async (w) => {
  policy = await w.use(TEST_POLICY);
  await w.pool('sdr', ['rep-1'], 1);
});

const together = <T>(work: (tx: ApplyTransaction) => Promise<T>): Promise<T> =>
  inTransaction(world.dataSource, (manager) =>
    withWrites({ policies: world.policies, journalKey: TEST_KEY }, manager, work),
  );

const common = { occurred: null, actor: ADMIN, personal: null };
const captured = (): WaitingInput => ({
  ...common,
  kind: 'captured',
  id: 'captured',
  body: { policy, source: 'ads', campaign: null },
});
const tags = (id: string, add: readonly string[]): WaitingInput => ({
  ...common,
  kind: 'tags',
  id,
  body: { add, remove: [] },
});
const handOff = (): WaitingInput => ({
  ...common,
  kind: 'hand_off',
  id: 'hand-off',
  body: { pool: 'sdr', reason: 'known' },
});

/** A new lead and what these inputs make of it, one row each. */
async function live(tx: ApplyTransaction, id: string, inputs: readonly WaitingInput[]): Promise<LockedLead> {
  let lead = insertLead(tx.writes, { id, policy, source: 'ads', campaign: null, at: START });
  for (const [i, input] of inputs.entries()) {
    const applied = await applyInput(tx, lead, input, START);
    expect(applied.row?.seq).toBe(i + 1);
    lead = applied.lead;
    if (i === inputs.length - 1) await finish(tx, applied, START, null, false);
  }
  return lead;
}

const stored = async (id: string) => {
  const [lead] = await world.query<{ state: string; head_hash: string; source: string; seq: number }>(
    'select state, head_hash, source, seq from lead where id = $1',
    [id],
  );
  return lead;
};

describe('several rows of a lead in one transaction', () => {
  it('each see the journey that the former left, and the lead is stored as the last one leaves it', async () => {
    const inputs = [captured(), tags('t1', ['a']), tags('t2', ['b']), tags('t3', ['c'])];
    const lead = await together((tx) => live(tx, 'ld_several', inputs));
    const rows = await world.rows('ld_several');
    expect(rows.map(({ input }) => input.id)).toEqual(['captured', 't1', 't2', 't3']);
    const folded = rows.reduce(evolve, unborn('ld_several'));
    expect(folded.tags).toEqual(['a', 'b', 'c']);
    expect(await stored('ld_several')).toEqual({
      state: canonical(folded),
      head_hash: lead.headHash,
      source: 'ads',
      seq: 4,
    });
    const links = await world.query<{ prev_hash: string; hash: string }>(
      'select prev_hash, hash from journal where lead_id = $1 order by seq',
      ['ld_several'],
    );
    expect(links.map(({ prev_hash }) => prev_hash)).toEqual([
      GENESIS,
      ...links.slice(0, -1).map(({ hash }) => hash),
    ]);
  });

  it('of several leads that go to one pool keep its caps, its numbers and its rotation', async () => {
    await together(async (tx) => {
      await live(tx, 'ld_first', [captured(), handOff()]);
      await live(tx, 'ld_second', [captured(), handOff()]);
    });
    expect([await world.situation('ld_first'), await world.situation('ld_second')]).toEqual([
      'mql.offered',
      'mql.queued',
    ]);
    expect([(await stored('ld_first'))?.seq, (await stored('ld_second'))?.seq]).toEqual([2, 2]);
    expect(await world.query(`select seq from pool where id = 'sdr'`)).toEqual([{ seq: 2 }]);
    expect(await world.query(`select lead_id, rep_id from assignment`)).toEqual([
      { lead_id: 'ld_first', rep_id: 'rep-1' },
    ]);
    expect(await world.query('select lead_id from pool_queue')).toEqual([{ lead_id: 'ld_second' }]);
  });

  it('wait in the inbox in the order in which they came', async () => {
    await together(async (tx) => {
      await live(tx, 'ld_facts', [captured()]);
      for (const id of ['z', 'a', 'm']) {
        const fact = { kind: 'meeting_booked', actor: SYSTEM, body: {}, occurred: null } as const;
        addFact(tx.writes, { ...fact, leadId: 'ld_facts', inputId: id, receivedAt: START });
      }
    });
    const waiting = await world.query<{ input_id: string }>(
      'select input_id from inbox where lead_id = $1 order by n',
      ['ld_facts'],
    );
    expect(waiting.map(({ input_id }) => input_id)).toEqual(['z', 'a', 'm']);
  });
});
