/** The middle of some runs and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** @throws RangeError for no values */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('there is no median of nothing');
  return (lower + upper) / 2;
}

export const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
  runs: values.length,
});

/** One run of the product and the run of the floor beside it. */
export interface Pair {
  readonly value: number;
  readonly floor: number;
}

export interface Comparison {
  readonly value: Spread;
  readonly floor: Spread;
  /** Of each pair by itself: what slows the machine down for a while slows both runs of a pair. */
  readonly ratio: Spread;
}

export const compare = (pairs: readonly Pair[]): Comparison => ({
  value: spreadOf(pairs.map(({ value }) => value)),
  floor: spreadOf(pairs.map(({ floor }) => floor)),
  ratio: spreadOf(pairs.map(({ value, floor }) => value / floor)),
});

/** What a ratio has to be. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

export const isMet = (ratio: number, target: Target): boolean =>
  'atLeast' in target ? ratio >= target.atLeast : ratio <= target.atMost;

/** Cuts into so many blocks of equal length, leaving out what is left over. */
export function blocksOf<T>(items: readonly T[], blocks: number): readonly (readonly T[])[] {
  const length = Math.floor(items.length / blocks);
  return Array.from({ length: blocks }, (_, i) => items.slice(i * length, (i + 1) * length));
}
