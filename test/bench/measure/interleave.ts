import type { Pair } from './statistics.js';

/**
 * Runs two arms in turn, AB BA AB …, so that noise, and what grows with time, falls on both alike.
 * @param run called with the number of the round, from 0
 */
export async function interleave<V, F>(
  rounds: number,
  arms: { readonly value: (run: number) => Promise<V>; readonly floor: (run: number) => Promise<F> },
): Promise<readonly { readonly value: V; readonly floor: F }[]> {
  const pairs: { value: V; floor: F }[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const value = await arms.value(round);
      pairs.push({ value, floor: await arms.floor(round) });
    } else {
      const floor = await arms.floor(round);
      pairs.push({ value: await arms.value(round), floor });
    }
  }
  return pairs;
}

/** One number of each run. */
export const pairsOf = <R>(
  pairs: readonly { readonly value: R; readonly floor: R }[],
  number: (run: R) => number,
): readonly Pair[] => pairs.map(({ value, floor }) => ({ value: number(value), floor: number(floor) }));

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** How many a second. */
export const rate = (count: number, milliseconds: number): number => (count * 1000) / milliseconds;
