import { createHash } from 'node:crypto';

type Labels = readonly (string | number)[];

/** A number from 0 (included) to 1 (not), the same for the same seed and labels, in whatever order it is asked. */
export function draw(seed: number, ...labels: Labels): number {
  return digestOf(seed, labels).readUInt32BE(0) / 2 ** 32;
}

/** Chooses by weight. */
export function choose<T>(weights: readonly (readonly [T, number])[], at: number): T {
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  let left = at * total;
  for (const [choice, weight] of weights) {
    left -= weight;
    if (left < 0) return choice;
  }
  const last = weights.at(-1);
  if (last === undefined) throw new Error('there is nothing to choose from');
  return last[0];
}

/** 32 hexadecimal digits. */
export const hexId = (seed: number, ...labels: Labels): string =>
  digestOf(seed, labels).toString('hex').slice(0, 32);

const digestOf = (seed: number, labels: Labels): Buffer =>
  createHash('sha256')
    .update([seed, ...labels].join('\u0000'))
    .digest();
