import { describe, expect, it } from '@jest/globals';
import { canonical } from '../../src/domain/canonical.js';
import type { Row } from '../../src/domain/journey/row.js';
import { GENESIS, linkHash, sha256 } from '../../src/journal/chain.js';
import { START } from '../db/world.js';
import { useAuditedWorld } from './audited-world.js';

const world = useAuditedWorld();
/** Of the worked lead. */
const LAST = 9;

describe('verify', () => {
  it('finds nothing where nobody has tampered, and says what it has looked at', async () => {
    const steps = await world.steps();
    expect(steps.filter(({ type }) => type === 'finding')).toEqual([]);
    const counted = Object.fromEntries(
      steps.flatMap((step) => (step.type === 'checked' ? [[step.what, step.count]] : [])),
    );
    const [{ rows, entries }] = (await world.query<{ rows: number; entries: number }>(
      'select (select count(*) from journal) as rows, (select count(*) from score_entry) as entries',
    )) as [{ rows: number; entries: number }];
    expect(rows).toBeGreaterThan(12);
    expect(counted).toMatchObject({ leads: 4, 'journal rows': rows, 'score entries': entries, policies: 1 });
    expect(steps).toContainEqual(expect.objectContaining({ type: 'skipped', what: 'running workflows' }));
  });

  it('audits one lead when asked, and no other', async () => {
    await world.tamper('update lead set state = $2 where id = $1', [world.queued, '{}']);
    expect(await world.findings({}, world.worked)).toEqual([]);
    expect(await world.findings({}, world.queued)).toHaveLength(1);
  });
});

describe('verify names a journal row', () => {
  const where = 'where lead_id = $1 and seq = $2';

  it('that was edited', () =>
    world.expectFound(
      () =>
        world.tamper(`update journal set bytes = replace(bytes, '"engine":1', '"engine":2') ${where}`, [
          world.worked,
          2,
        ]),
      'hash_wrong',
      { lead: world.worked, seq: 2 },
    ));

  it('that was edited and hashed again by somebody without the key', () =>
    world.expectFound(
      async () => {
        const rows = await world.rows(world.worked);
        const last = rows.at(-1)!;
        const bytes = canonical({ ...last, suppressed: 9 });
        const [{ prev_hash }] = (await world.query(`select prev_hash from journal ${where}`, [
          world.worked,
          last.seq,
        ])) as [{ prev_hash: string }];
        const hash = linkHash(prev_hash, bytes);
        await world.tamper(`update journal set bytes = $3, hash = $4 ${where}`, [
          world.worked,
          last.seq,
          bytes,
          hash,
        ]);
        await world.tamper('update lead set head_hash = $2 where id = $1', [world.worked, hash]);
      },
      'mac_wrong',
      { lead: world.worked },
    ));

  it('whose key nobody knows', () =>
    world.expectFound(
      () => world.tamper(`update journal set key_id = 'other' ${where}`, [world.worked, 1]),
      'key_unknown',
      {
        seq: 1,
      },
    ));

  it('that was deleted', () =>
    world.expectFound(() => world.tamper(`delete from journal ${where}`, [world.worked, 3]), 'row_missing', {
      lead: world.worked,
      seq: 3,
      expected: 'row 3',
    }));

  it('that was deleted at the end', () =>
    world.expectFound(
      () => world.tamper(`delete from journal ${where}`, [world.worked, LAST]),
      'row_missing',
      {
        lead: world.worked,
        seq: LAST,
        found: 'the end of the journal',
      },
    ));

  it('that changed places with another', () =>
    world.expectFound(
      async () => {
        for (const [from, to] of [
          [2, 1002],
          [3, 2],
          [1002, 3],
        ]) {
          await world.tamper(`update journal set seq = $3 ${where}`, [world.worked, from, to]);
        }
      },
      'chain_broken',
      { lead: world.worked, seq: 2 },
    ));

  it('that was put in', () =>
    world.expectFound(
      async () => {
        const rows = await world.rows(world.worked);
        const last = rows.at(-1)!;
        const bytes = canonical({ ...last, seq: last.seq + 1, input: { ...last.input, id: 'forged' } });
        await world.tamper(
          `insert into journal select lead_id, seq + 1, 'forged', kind, $3, hash, $4, mac, key_id, at, occurred_at
             from journal ${where}`,
          [world.worked, last.seq, bytes, sha256(bytes)],
        );
      },
      'hash_wrong',
      { lead: world.worked, seq: LAST + 1 },
    ));

  it('whose columns say something else', () =>
    world.expectFound(
      () => world.tamper(`update journal set kind = 'decline' ${where}`, [world.worked, 1]),
      'column_differs',
      {
        what: 'column kind',
        expected: '"captured"',
        found: '"decline"',
      },
    ));
});

describe('verify names a decision that does not follow, though its hash and MAC are right:', () => {
  it('a transition that was cut out', () =>
    world.expectFound(
      () =>
        world.forgeRow(2, (row) =>
          'refusal' in row.result
            ? row
            : { ...row, result: { ...row.result, transitions: row.result.transitions.slice(0, -1) } },
        ),
      'result_differs',
      { lead: world.worked, seq: 2, found: 'nothing' },
    ));

  it('a refusal that became none', () =>
    world.expectFound(
      () => world.forgeRow(6, (row) => ({ ...row, result: { transitions: [], effects: [] } })),
      'result_differs',
      { lead: world.worked, seq: 6, what: 'result /effects' },
    ));

  it('another deadline', () =>
    world.expectFound(() => world.forgeRow(2, (row) => ({ ...row, deadlines: [] })), 'deadlines_differ', {
      seq: 2,
    }));

  it('another score', () =>
    world.expectFound(
      () =>
        world.forgeRow(2, (row) => ({
          ...row,
          input: { ...row.input, score: { ...row.input.score, total: row.input.score.total + 1 } },
        })),
      'score_differs',
      { seq: 2, what: 'score /total' },
    ));

  it('another policy', () =>
    world.expectFound(() => world.forgeRow(2, (row) => ({ ...row, policy: GENESIS })), 'policy_differs', {
      seq: 2,
    }));

  it('an earlier time', () =>
    world.expectFound(
      async () => {
        await world.forgeRow(2, (row) => ({ ...row, input: { ...row.input, at: START - 1 } }));
        await world.tamper(`update journal set at = $2 where lead_id = $1 and seq = 2`, [
          world.worked,
          new Date(START - 1).toISOString(),
        ]);
      },
      'time_goes_back',
      { seq: 2 },
    ));

  it('a fact that nobody asked for', () =>
    world.expectFound(
      () => world.forgeRow(1, (row) => ({ ...row, facts: [{ answer: 'rep', rep: 'ana', verdict: 'free' }] })),
      'fact_differs',
      { seq: 1, expected: 'no further fact' },
    ));

  it('a rep whose turn it was not', () =>
    world.expectFound(
      async () => {
        const other = (await world.rows(world.worked))
          .flatMap(({ facts }) => facts)
          .map((fact) => (fact.answer === 'route' ? fact.rep : null));
        const wrong = ['ana', 'ben', 'eve'].find((rep) => rep !== other[0]) ?? '';
        const [first] = other;
        await world.forge(world.worked, (row) =>
          row.seq === 2
            ? // We put one name in the other's place wherever it stands.
              (JSON.parse(canonical(row).replaceAll(`"${first ?? ''}"`, `"${wrong}"`)) as Row)
            : row,
        );
      },
      'routing_differs',
      { seq: 2, what: 'rep that pool sdr gives' },
    ));
});
