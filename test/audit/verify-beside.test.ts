import { beforeAll, describe, expect, it } from '@jest/globals';
import { canonical } from '../../src/domain/canonical.js';
import type { RoutingSnapshot } from '../../src/domain/routing/snapshot.js';
import { MINUTE } from '../../src/domain/time.js';
import { GENESIS, linkHash, sha256 } from '../../src/journal/chain.js';
import { storeFact } from '../../src/leads/inbox-store.js';
import { readLedgers, scoreEntryBytes } from '../../src/leads/score-store.js';
import { ADMIN } from '../db/world.js';
import { useAuditedWorld } from './audited-world.js';

const world = useAuditedWorld();

describe('verify names evidence', () => {
  const routed = async (): Promise<string> => {
    const [fact] = (await world.rows(world.worked)).flatMap(({ facts }) => facts);
    return fact?.answer === 'route' ? fact.evidence : '';
  };

  it('that was changed, by the row that leans on it and by its own hash', async () => {
    const hash = await routed();
    await world.tamper(
      `update evidence set bytes = replace(bytes, '"weight":1', '"weight":2') where hash = $1`,
      [hash],
    );
    expect(await world.findings()).toEqual([
      expect.objectContaining({ lead: null, kind: 'evidence_differs', expected: hash }),
      expect.objectContaining({ lead: world.worked, seq: 2, kind: 'evidence_differs', expected: hash }),
    ]);
  });

  it('that is gone', async () => {
    const hash = await routed();
    await world.expectFound(
      () => world.tamper('delete from evidence where hash = $1', [hash]),
      'evidence_missing',
      {
        lead: world.worked,
        seq: 2,
        expected: hash,
      },
    );
  });

  it('that answers another question', async () => {
    const hash = await routed();
    const [{ bytes }] = (await world.query('select bytes from evidence where hash = $1', [hash])) as [
      { bytes: string },
    ];
    const other = canonical({ ...(JSON.parse(bytes) as RoutingSnapshot), lead: world.queued });
    await world.expectFound(
      async () => {
        await world.tamper('insert into evidence values ($1, $2)', [sha256(other), other]);
        await world.forgeRow(2, (row) => ({
          ...row,
          facts: row.facts.map((fact) =>
            fact.answer === 'route' ? { ...fact, evidence: sha256(other) } : fact,
          ),
        }));
      },
      'evidence_differs',
      { seq: 2, what: 'question of the routing' },
    );
  });

  it('of a person that was changed', async () => {
    await world.tamper(`update personal_evidence set bytes = '{"note":"never said"}'`);
    expect(await world.findings()).toEqual([
      expect.objectContaining({ lead: world.worked, kind: 'evidence_differs', seq: null }),
      expect.objectContaining({
        lead: world.worked,
        kind: 'evidence_differs',
        what: 'personal evidence of the row',
      }),
    ]);
  });
});

describe('verify names a score entry', () => {
  it('that was changed', () =>
    world.expectFound(
      () =>
        world.tamper('update score_entry set micro = micro + 1 where lead_id = $1 and n = 2', [world.worked]),
      'hash_wrong',
      { lead: world.worked, seq: 2, what: 'hash of the score entry' },
    ));

  it('that was deleted', () =>
    world.expectFound(
      () => world.tamper('delete from score_entry where lead_id = $1 and n = 2', [world.worked]),
      'score_entry_missing',
      { lead: world.worked, seq: 2 },
    ));

  it('that was changed, the chain made right again: a row read another score', () =>
    world.expectFound(
      async () => {
        let head = GENESIS;
        const ledgers = await readLedgers(world.dataSource.manager, [world.worked]);
        for (const entry of ledgers.get(world.worked) ?? []) {
          const changed = entry.n === 1 ? { ...entry, micro: entry.micro + 1_000_000 } : entry;
          const hash = linkHash(head, scoreEntryBytes(world.worked, changed));
          await world.tamper(
            'update score_entry set micro = $3, prev_hash = $4, hash = $5 where lead_id = $1 and n = $2',
            [world.worked, entry.n, changed.micro, head, hash],
          );
          head = hash;
        }
        await world.tamper('update score_state set head_hash = $2 where lead_id = $1', [world.worked, head]);
      },
      'score_differs',
      { lead: world.worked, seq: 2 },
    ));

  it('whose cached sum says something else', () =>
    world.expectFound(
      () => world.tamper(`update score_state set sums = '{}' where lead_id = $1`, [world.worked]),
      'score_state_differs',
      { lead: world.worked, what: 'cached score /sums' },
    ));
});

describe('verify names what is written beside the journal:', () => {
  it('the cached state', () =>
    world.expectFound(
      () =>
        world.tamper(`update lead set state = replace(state, '"recycles":0', '"recycles":3') where id = $1`, [
          world.worked,
        ]),
      'state_differs',
      { lead: world.worked, what: 'cached state /recycles', expected: '0', found: '3' },
    ));

  it('the newest hash', () =>
    world.expectFound(
      () => world.tamper('update lead set head_hash = $2 where id = $1', [world.worked, GENESIS]),
      'head_differs',
      {
        lead: world.worked,
      },
    ));

  it.each([
    ['the stage that lists show', `update lead set stage = 'inquiry' where id = $1`, 'lead /stage'],
    ['the source that reports group by', `update lead set source = 'forged' where id = $1`, 'lead /source'],
    ['who holds it', `update lead set holder = null where id = $1`, 'lead /holder'],
    ['a slot that is not taken', `delete from assignment where lead_id = $1`, 'assignment'],
    [
      'a stage that reports count',
      `delete from stage_entry where lead_id = $1 and stage = 'sal'`,
      'stage_entry',
    ],
    ['a delivery', `delete from delivery where lead_id = $1 and seq = 2`, 'delivery'],
  ])('%s', (_what, sql, table) =>
    world.expectFound(() => world.tamper(sql, [world.worked]), 'projection_differs', {
      lead: world.worked,
      what: expect.stringContaining(table),
    }),
  );

  it('the place in a queue', async () => {
    await world.tamper(
      `insert into pool_queue (lead_id, pool_id, rank, since, excluded) values ($1, 'sdr', 0, now(), '{}')`,
      [world.worked],
    );
    expect(await world.findings()).toEqual([
      expect.objectContaining({ lead: world.worked, what: 'pool_queue ' }),
    ]);
  });

  it('an inbox that names another row', () =>
    world.expectFound(
      () =>
        world.tamper('update inbox set decided_seq = 1 where lead_id = $1 and decided_seq = 6', [
          world.worked,
        ]),
      'inbox_differs',
      { lead: world.worked },
    ));
});

describe('verify names what concerns all leads:', () => {
  it('a policy that was changed, and every lead that it decided about', async () => {
    await world.tamper(
      `update policy set document = replace(document, '"recycleLimit":2', '"recycleLimit":9')`,
    );
    const findings = await world.findings();
    expect(findings[0]).toMatchObject({
      lead: null,
      kind: 'hash_wrong',
      what: 'document of the policy test',
    });
    expect(findings.slice(1).map(({ kind }) => kind)).toEqual(Array(4).fill('policy_missing'));
  });

  it('an operational entry that is gone', () =>
    world.expectFound(() => world.tamper('delete from operational_entry where n = 2'), 'row_missing', {
      lead: null,
      seq: 2,
    }));

  it('a cap that nobody set', () =>
    world.expectFound(() => world.tamper(`update rep set cap = 99 where id = 'ana'`), 'operations_differ', {
      expected: 'null',
      found: '99',
    }));

  it('a weight that nobody set', () =>
    world.expectFound(
      () => world.tamper(`update pool_member set weight = 50 where rep_id = 'ana'`),
      'operations_differ',
      {
        expected: '1',
        found: '50',
      },
    ));
});

describe('verify looks at what goes on:', () => {
  let open: readonly string[] = [];
  const listing = (ids: readonly string[]) => ({
    gateway: {
      async *listOpen(): AsyncGenerator<string> {
        yield* ids;
      },
    },
    secondLook: 1,
  });

  beforeAll(async () => {
    open = (await world.query<{ id: string }>('select id from lead where not ended order by id')).map(
      ({ id }) => id,
    );
  });

  it('is content when every open lead has its workflow, and no other has one', async () => {
    expect(await world.findings(listing(open))).toEqual([]);
  });

  it('names an open lead without a workflow', async () => {
    expect(await world.findings(listing(open.filter((id) => id !== world.worked)))).toEqual([
      expect.objectContaining({ lead: world.worked, kind: 'workflow_missing' }),
    ]);
  });

  it('names a workflow without an open lead', async () => {
    expect(await world.findings(listing([...open, 'ld_gone']))).toEqual([
      expect.objectContaining({ lead: 'ld_gone', kind: 'workflow_left_over' }),
    ]);
  });

  it('names a fact that has been undecided for more than a minute', async () => {
    const fact = {
      leadId: world.worked,
      inputId: 'late',
      kind: 'meeting_held',
      actor: ADMIN,
      body: {},
      occurred: null,
    } as const;
    await storeFact(world.dataSource.manager, { ...fact, receivedAt: world.clock.now() - 2 * MINUTE });
    await storeFact(world.dataSource.manager, { ...fact, inputId: 'new', receivedAt: world.clock.now() });
    expect(await world.findings()).toEqual([
      expect.objectContaining({ lead: world.worked, kind: 'fact_undecided', what: 'fact meeting_held late' }),
    ]);
  });
});
