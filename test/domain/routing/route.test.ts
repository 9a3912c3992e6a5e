import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { route } from '../../../src/domain/routing/route.js';
import { afterTurn } from '../../../src/domain/routing/rotation.js';
import type { Candidate, RoutingSnapshot, Waiting } from '../../../src/domain/routing/snapshot.js';
import { size } from '../../support/size.js';
import { candidate, snapshot, snapshots } from './snapshots.js';

const runs = { numRuns: size(300, 20_000) };

const winner = (candidates: readonly Candidate[], changes: Partial<RoutingSnapshot> = {}) =>
  route(snapshot(candidates, changes)).rep;

const waiting = (lead: string, ...excluded: string[]): Waiting => ({ lead, excluded });

describe('a lead', () => {
  it('goes to the eligible rep with the lowest position, compared as numbers', () => {
    const pool = [candidate('a', { position: '1000' }), candidate('b', { position: '999' })];
    expect(route(snapshot(pool))).toMatchObject({ rep: 'b', positions: { b: '1000000000999' } });
  });

  it('goes to the lowest rep id in plain code-unit order when positions are equal', () => {
    expect(winner([candidate('b'), candidate('a'), candidate('B')])).toBe('B');
    expect(winner([candidate('rep-9'), candidate('rep-10')])).toBe('rep-10');
  });

  it('moves only the position of who takes it', () => {
    fc.assert(
      fc.property(snapshots, (given) => {
        const { rep, positions } = route(given);
        const taker = given.candidates.find((member) => member.rep === rep);
        expect(positions).toEqual(
          taker === undefined ? {} : { [taker.rep]: afterTurn(taker.position, taker.weight) },
        );
      }),
      runs,
    );
  });

  it('never goes to a rep who is excluded, inactive, paused or at the cap', () => {
    fc.assert(
      fc.property(snapshots, (given) => {
        const { rep } = route(given);
        const taker = given.candidates.find((member) => member.rep === rep);
        if (taker === undefined) return;
        expect(taker).toMatchObject({ active: true, paused: false });
        expect(taker.open).toBeLessThan(taker.cap ?? Infinity);
        expect(given.excluded).not.toContain(taker.rep);
      }),
      runs,
    );
  });

  it('goes to the same rep in whatever order the candidates are listed', () => {
    const shuffled = snapshots.chain((given) =>
      fc.tuple(
        fc.constant(given),
        fc.shuffledSubarray([...given.candidates], { minLength: given.candidates.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([given, candidates]) => {
        expect(route({ ...given, candidates })).toEqual(route(given));
      }),
      runs,
    );
  });

  it('waits only when every candidate is ruled out', () => {
    fc.assert(
      fc.property(snapshots, (given) => {
        const { rep, verdicts } = route(given);
        expect(verdicts.map((verdict) => verdict.rep)).toEqual(given.candidates.map((c) => c.rep).sort());
        expect(rep === null).toBe(verdicts.every(({ excludedBy }) => excludedBy !== null));
        if (rep !== null)
          expect(verdicts.find((v) => v.rep === rep)).toMatchObject({ excludedBy: null, detail: null });
      }),
      runs,
    );
  });
});

describe('the queue', () => {
  it('is served first: a lead behind it gets what is left', () => {
    const pool = [candidate('a', { cap: 1 }), candidate('b', { cap: 1, position: '5' })];
    expect(winner(pool)).toBe('a');
    expect(winner(pool, { ahead: [waiting('before')] })).toBe('b');
    expect(winner(pool, { ahead: [waiting('before-1'), waiting('before-2')] })).toBeNull();
  });

  it('keeps no slot for a lead that may not have it', () => {
    const pool = [candidate('a', { cap: 1 })];
    expect(winner(pool, { ahead: [waiting('before', 'a')] })).toBe('a');
  });

  it('respects what each lead ahead may have', () => {
    const pool = [candidate('a', { cap: 1 }), candidate('b', { cap: 1, position: '5' })];
    expect(winner(pool, { ahead: [waiting('before', 'a')] })).toBe('a');
    expect(winner(pool, { ahead: [waiting('before', 'a')], excluded: ['a'] })).toBeNull();
  });

  it('takes its turns in rotation, also where nobody has a cap', () => {
    const pool = [candidate('a'), candidate('b', { position: '1' })];
    const decision = route(snapshot(pool, { ahead: [waiting('before')] }));
    expect(decision).toMatchObject({ rep: 'b', positions: { b: '1000000000001' } });
  });

  it('does not count the lead itself', () => {
    expect(winner([candidate('a', { cap: 1 })], { ahead: [waiting('lead-1')] })).toBe('a');
  });

  it('ends as if its leads had been routed one after another, whoever asks first', () => {
    fc.assert(
      fc.property(snapshots, (given) => {
        const behind = route(given).rep;
        let candidates = given.candidates;
        for (const { lead, excluded } of given.ahead) {
          const turn = route({ ...given, candidates, lead, excluded, ahead: [] });
          candidates = candidates.map((member) => ({
            ...member,
            open: member.open + (member.rep === turn.rep ? 1 : 0),
            position: turn.positions[member.rep] ?? member.position,
          }));
        }
        expect(route({ ...given, candidates, ahead: [] }).rep).toBe(behind);
      }),
      runs,
    );
  });
});

describe('the verdicts', () => {
  it('name for each candidate, by rep id, what rules it out and why', () => {
    const pool = [
      candidate('f', { cap: 1, position: '7' }),
      candidate('e', { open: 20, cap: 20 }),
      candidate('d', { open: 0, cap: 0 }),
      candidate('c'),
      candidate('b', { paused: true }),
      candidate('a', { active: false, paused: true }),
    ];
    const { rep, verdicts, positions } = route(
      snapshot(pool, { excluded: ['c'], ahead: [waiting('x', 'c')] }),
    );
    expect({ rep, positions }).toEqual({ rep: null, positions: {} });
    expect(verdicts).toEqual([
      { rep: 'a', position: '0', excludedBy: 'inactive', detail: 'not active' },
      { rep: 'b', position: '0', excludedBy: 'paused', detail: 'paused' },
      { rep: 'c', position: '0', excludedBy: 'excluded', detail: 'excluded from this hand-off' },
      { rep: 'd', position: '0', excludedBy: 'at_cap', detail: 'cap 0 of 0' },
      { rep: 'e', position: '0', excludedBy: 'at_cap', detail: 'cap 20 of 20' },
      {
        rep: 'f',
        position: '7',
        excludedBy: 'kept_for_queue',
        detail: '1 free slot kept for leads ahead in the queue',
      },
    ]);
  });
});

describe('a rotation', () => {
  const pools = fc.record({
    weights: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 12 }),
    turns: fc.integer({ min: 1, max: 400 }),
  });

  it('gives each member at most one lead more than its share, and within its weight of it', () => {
    fc.assert(
      fc.property(pools, ({ weights, turns }) => {
        let members = weights.map((weight, i) => candidate(`rep-${i}`, { weight }));
        const received = new Map<string, number>();
        const all = weights.reduce((sum, weight) => sum + weight, 0);
        for (let n = 1; n <= turns; n += 1) {
          const { rep, positions } = route(snapshot(members));
          received.set(rep!, (received.get(rep!) ?? 0) + 1);
          members = members.map((m) => ({ ...m, position: positions[m.rep] ?? m.position }));
          for (const { rep: each, weight } of members) {
            const ahead = (received.get(each) ?? 0) - (n * weight) / all;
            expect(ahead).toBeLessThanOrEqual(1 + 1e-6);
            expect(-ahead / weight).toBeLessThanOrEqual(1 + 1e-6);
          }
        }
      }),
      { numRuns: size(30, 1_000) },
    );
  });

  it('gives exact shares after each full round', () => {
    let members = [3, 2, 1].map((weight, i) => candidate(`rep-${i}`, { weight }));
    const received = [0, 0, 0];
    for (let n = 0; n < 60; n += 1) {
      const { rep, positions } = route(snapshot(members));
      members = members.map((m) => ({ ...m, position: positions[m.rep] ?? m.position }));
      received[members.findIndex((m) => m.rep === rep)]! += 1;
    }
    expect(received).toEqual([30, 20, 10]);
  });
});
