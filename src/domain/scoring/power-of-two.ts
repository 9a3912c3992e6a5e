/**
 * Powers of two with fractional exponents in integers only: the same bits on every machine, for ever.
 * `Math.pow` is not: its last bits differ between engines.
 */

/** Results carry this many fraction bits. */
export const POWER_BITS = 128n;

const ONE = 1n << POWER_BITS;
const DIGIT = 8;
const DIGITS = 8;

/** The greatest integer whose square is at most `n` (Newton's method from above). */
function squareRoot(n: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** The table of digit k holds 2^(d / 256^(k + 1)) for every d, made from the roots 2^(1/2), 2^(1/4), 2^(1/8), … */
const TABLES: readonly (readonly bigint[])[] = (() => {
  let root = 2n * ONE;
  return Array.from({ length: DIGITS }, () => {
    const table = [ONE];
    for (let bit = 1; bit <= DIGIT; bit += 1) {
      root = squareRoot(root << POWER_BITS);
      const value = 1 << (DIGIT - bit);
      for (let d = value; d < 1 << DIGIT; d += 2 * value) table[d] = root;
    }
    // Every entry now holds the root of its lowest set bit; multiply it by the entry without that bit.
    for (let d = 1; d < 1 << DIGIT; d += 1) {
      const lowest = table[d] ?? ONE;
      const rest = table[d & (d - 1)] ?? ONE;
      table[d] = (lowest * rest) >> POWER_BITS;
    }
    return table;
  });
})();

/**
 * 2^(numerator / denominator) with {@link POWER_BITS} fraction bits, rounded down. The exponent is cut to 64
 * bits, so the relative error is below 2^-64, and it grows strictly with the numerator.
 * @param numerator 0 ≤ numerator < denominator, both safe integers, the denominator below 2^53
 */
export function powerOfTwo(numerator: number, denominator: number): bigint {
  const exponent = (BigInt(numerator) << 64n) / BigInt(denominator);
  const words = [Number(exponent >> 32n), Number(exponent & 0xffff_ffffn)];
  let power = ONE;
  TABLES.forEach((table, k) => {
    const word = words[k >> 2] ?? 0;
    const digit = (word >>> (24 - DIGIT * (k & 3))) & 0xff;
    if (digit !== 0) power = (power * (table[digit] ?? ONE)) >> POWER_BITS;
  });
  return power;
}
