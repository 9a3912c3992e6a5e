import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createDataSource } from '../../src/db/data-source.js';
import { isPassing } from '../../src/db/passing.js';
import { inTransaction, sqlState } from '../../src/db/transaction.js';
import { appendOperational } from '../../src/journal/operational-entry.js';
import { evidenceOf, personalHash } from '../../src/journal/evidence.js';
import { GENESIS, linkHash, sha256 } from '../../src/journal/chain.js';
import { readLedgers, scoreEntryBytes } from '../../src/leads/score-store.js';
import { resolveLead } from '../../src/leads/lead-store.js';
import { addJobs } from '../../src/outbox/jobs.js';
import { policyLinkBytes } from '../../src/policies/policy-store.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { ADMIN, START, TEST_KEY, useWorld } from './world.js';

const world = useWorld((w) => w.use(TEST_POLICY));

describe('a policy', () => {
  it('is stored once under the hash of its canonical text, and chained to the one before', async () => {
    const first = await world.use(TEST_POLICY);
    const second = await world.use({ ...TEST_POLICY, name: 'second' });
    expect(await world.use(TEST_POLICY)).toBe(first);
    const rows = await world.query<Record<string, string>>('select * from policy order by n');
    expect(rows.map(({ hash }) => hash)).toEqual([first, second]);
    expect(rows.map(({ document }) => sha256(document!))).toEqual([first, second]);
    let previous = GENESIS;
    for (const row of rows) {
      const bytes = policyLinkBytes(row.hash!, row.name!, Number(row.recorded_at));
      expect(row).toMatchObject({ prev_hash: previous, chain_hash: linkHash(previous, bytes) });
      previous = row.chain_hash!;
    }
    expect(await world.policies.active(world.dataSource.manager, world.clock.now())).toMatchObject({
      hash: first,
    });
  });

  it('stored by many at once is one row, and the chain does not fork', async () => {
    const versions = [1, 2, 3, 4].map((n) => ({ ...TEST_POLICY, name: `v${n}` }));
    await Promise.all([...versions, ...versions].map((policy) => world.use(policy)));
    const [chain] = await world.query(
      'select count(*) as n, count(distinct prev_hash) as links from policy where name like $1',
      ['v%'],
    );
    expect(chain).toEqual({ n: 4, links: 4 });
  });
});

describe('the operational history', () => {
  it('is one chain without gaps, whoever writes', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        inTransaction(world.dataSource, (manager) =>
          appendOperational(
            manager,
            TEST_KEY,
            { subject: `rep:r${i}`, change: { paused: true }, by: 'key-1' },
            START,
          ),
        ),
      ),
    );
    const rows = await world.query<{ n: number; bytes: string; prev_hash: string; hash: string }>(
      'select n, bytes, prev_hash, hash from operational_entry order by n',
    );
    expect(rows.length).toBeGreaterThanOrEqual(20);
    expect(rows.map(({ n }) => n)).toEqual(rows.map((_, i) => i + 1));
    rows.forEach(({ bytes, prev_hash, hash }, i) => {
      expect(prev_hash).toBe(rows[i - 1]?.hash ?? GENESIS);
      expect(hash).toBe(linkHash(prev_hash, bytes));
    });
  });
});

describe('score entries', () => {
  it('form a chain per lead whose head is in the score state', async () => {
    const id = await world.lead({ fields: { industry: 'software' }, events: [world.event('pricing_page')] });
    await world.ingest.recordEvents([{ ...world.event('pricing_page'), lead: { id } }], ADMIN);
    const entries = (await readLedgers(world.dataSource.manager, [id])).get(id) ?? [];
    const links = await world.query<{ prev_hash: string; hash: string }>(
      'select prev_hash, hash from score_entry where lead_id = $1 order by n',
      [id],
    );
    let head = GENESIS;
    entries.forEach((entry, i) => {
      const hash = linkHash(head, scoreEntryBytes(id, entry));
      expect(links[i]).toEqual({ prev_hash: head, hash });
      head = hash;
    });
    const [state] = await world.query('select version, head_hash from score_state where lead_id = $1', [id]);
    expect(state).toEqual({ version: 3, head_hash: head });
  });
});

describe('evidence', () => {
  it('is named by the hash of its canonical bytes; personal evidence with a salt', () => {
    expect(evidenceOf({ b: 1, a: 2 })).toEqual({ hash: sha256('{"a":2,"b":1}'), bytes: '{"a":2,"b":1}' });
    expect(personalHash('aa', '{}')).toBe(sha256('aa{}'));
    expect(personalHash('aa', '{}')).not.toBe(personalHash('bb', '{}'));
  });
});

describe('a lead', () => {
  it('is found by its own id and by external ids, which may contain colons', async () => {
    const id = await world.lead({ keys: { externalIds: [{ source: 'shop', id: 'a:b' }] } });
    const find = (ref: string) => resolveLead(world.dataSource.manager, ref);
    expect(await find(id)).toEqual({ id, seq: 1, ended: false });
    expect(await find('external:shop:a:b')).toMatchObject({ id });
    expect(await find('external:shop:a')).toBeNull();
    expect(await find('ld_nobody')).toBeNull();
  });
});

describe('jobs', () => {
  it('of one kind for one lead coalesce, and vanish with their transaction', async () => {
    await world.takeJobs();
    const ring = { name: 'ring', payload: { leadId: 'l1', bell: 'score' } } as const;
    const wake = { name: 'pool.wake', payload: { poolId: 'p1' } } as const;
    for (let i = 0; i < 3; i++) {
      await world.dataSource.transaction((manager) => addJobs(manager, [ring, wake, ring]));
    }
    const dies = world.dataSource.transaction(async (manager) => {
      await addJobs(manager, [{ name: 'pool.wake', payload: { poolId: 'p2' } }]);
      throw new Error('killed');
    });
    await expect(dies).rejects.toThrow('killed');
    expect(await world.takeJobs()).toEqual(['pool.wake:p1', 'ring:score:l1']);
  });

  it('added by many at once in any order never dead-lock', async () => {
    const pools = ['a', 'b', 'c', 'd'].map((poolId) => ({ name: 'pool.wake', payload: { poolId } }) as const);
    await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        world.dataSource.transaction((manager) =>
          addJobs(manager, i % 2 === 0 ? pools : [...pools].reverse()),
        ),
      ),
    );
    expect(await world.takeJobs()).toHaveLength(4);
  });
});

describe('a transaction', () => {
  it('that dead-locks with another is run again as a whole', async () => {
    await world.pool('dead-a', []);
    await world.pool('dead-b', []);
    let tries = 0;
    const lock = (first: string, second: string) =>
      inTransaction(world.dataSource, async (manager) => {
        tries++;
        await manager.query(`update pool set seq = seq + 1 where id = $1`, [first]);
        await manager.query('select pg_sleep(0.05)');
        await manager.query(`update pool set seq = seq + 1 where id = $1`, [second]);
      });
    await Promise.all([lock('dead-a', 'dead-b'), lock('dead-b', 'dead-a')]);
    expect(tries).toBeGreaterThan(2);
    const seqs = await world.query(`select seq from pool where id like 'dead-%'`);
    expect(seqs).toEqual([{ seq: 2 }, { seq: 2 }]);
  });

  it('that fails for another reason fails at once', async () => {
    let tries = 0;
    const error: unknown = await inTransaction(world.dataSource, async (manager) => {
      tries++;
      await manager.query('select 1 / 0');
    }).catch((thrown: unknown) => thrown);
    expect([sqlState(error), tries]).toEqual(['22012', 1]);
  });

  describe('with limited patience', () => {
    const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => 'nothing',
        (e: unknown) => e,
      );

    it('writes nothing when its time is over before the commit', async () => {
      await world.pool('late', []);
      const late = inTransaction(
        world.dataSource,
        async (manager) => {
          await manager.query(`update pool set seq = 7 where id = 'late'`);
          await wait(150);
        },
        100,
      );
      expect(isPassing(await thrownBy(late))).toBe(true);
      expect(await world.query(`select seq from pool where id = 'late'`)).toEqual([{ seq: 0 }]);
    });

    it('waits no longer for a lock, and does not try again when it is over', async () => {
      await world.pool('held', []);
      let tries = 0;
      await world.dataSource.transaction(async (holder) => {
        await holder.query(`select from pool where id = 'held' for update`);
        const started = performance.now();
        const waits = inTransaction(
          world.dataSource,
          async (manager) => {
            tries++;
            await manager.query(`update pool set seq = 7 where id = 'held'`);
          },
          300,
        );
        const error = await Promise.race([thrownBy(waits), wait(3_000, 'still waits')]);
        expect(isPassing(error)).toBe(true);
        expect(performance.now() - started).toBeLessThan(2_000);
        const before = tries;
        await wait(300);
        expect(tries).toBe(before);
      });
      expect(await world.query(`select seq from pool where id = 'held'`)).toEqual([{ seq: 0 }]);
    });

    it('waits no longer for a connection where that is limited', async () => {
      const url = (world.dataSource.options as { url: string }).url;
      const one = await createDataSource({ url, poolSize: 1, connectWithin: 200 }).initialize();
      try {
        await one.transaction(async () => {
          const waits = thrownBy(one.query('select 1'));
          expect(isPassing(await Promise.race([waits, wait(2_000, 'still waits')]))).toBe(true);
        });
      } finally {
        await one.destroy();
      }
    });
  });
});

describe('apply', () => {
  it('that waited too long writes nothing with the old time when it comes to its turn', async () => {
    const id = await world.lead();
    const { inputId } = await world.store(id, 'tags', { add: ['vip'], remove: [] }, ADMIN);
    const before = await world.rows(id);
    let applied: Promise<unknown> = Promise.resolve();
    await world.dataSource.transaction(async (holder) => {
      await holder.query('select from lead where id = $1 for update', [id]);
      applied = world.apply({ leadId: id, at: START, command: inputId }).catch((error: unknown) => error);
      // As long as the workflow waits for one attempt.
      await wait(5_000);
    });
    expect(isPassing(await applied)).toBe(true);
    expect(await world.rows(id)).toEqual(before);
  });
});
