import fc from 'fast-check';
import type { Candidate, RoutingSnapshot } from '../../../src/domain/routing/snapshot.js';

export const candidate = (rep: string, changes: Partial<Candidate> = {}): Candidate => ({
  rep,
  weight: 1,
  position: '0',
  active: true,
  paused: false,
  open: 0,
  cap: null,
  ...changes,
});

export const snapshot = (
  candidates: readonly Candidate[],
  changes: Partial<RoutingSnapshot> = {},
): RoutingSnapshot => ({
  at: 0,
  pool: 'sdr',
  poolSeq: 1,
  lead: 'lead-1',
  excluded: [],
  candidates,
  ahead: [],
  ...changes,
});

const REPS = ['a', 'b', 'c', 'd', 'e'];

/** Any pool of up to five with any reason to be passed over, and any queue ahead. */
export const snapshots: fc.Arbitrary<RoutingSnapshot> = fc
  .record({
    members: fc.uniqueArray(
      fc.record({
        rep: fc.constantFrom(...REPS),
        weight: fc.integer({ min: 1, max: 100 }),
        position: fc.bigInt({ min: 0n, max: 3n * 10n ** 12n }).map(String),
        active: fc.boolean(),
        paused: fc.boolean(),
        open: fc.integer({ min: 0, max: 4 }),
        cap: fc.option(fc.integer({ min: 0, max: 4 })),
      }),
      { selector: ({ rep }) => rep, maxLength: 5 },
    ),
    excluded: fc.subarray(REPS, { maxLength: 2 }),
    ahead: fc.array(fc.subarray(REPS), { maxLength: 4 }),
  })
  .map(({ members, excluded, ahead }) =>
    snapshot(members, {
      excluded,
      ahead: ahead.map((list, i) => ({ lead: `before-${i}`, excluded: list })),
    }),
  );
