import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { POWER_BITS, powerOfTwo } from '../../../src/domain/scoring/power-of-two.js';
import { size } from '../../support/size.js';

const ONE = 1n << POWER_BITS;

describe('a fractional power of two', () => {
  it('has the bits that it has on every machine', () => {
    // floor(√2 · 2^128), from an independent computation (Python's math.isqrt(2 << 256)).
    expect(powerOfTwo(1, 2)).toBe(481231938336009023090067544955250113854n);
    expect(powerOfTwo(0, 3)).toBe(ONE);
  });

  it('is as near to the truth as 64 bits of exponent allow', () => {
    // (2^(1/n))^n must be 2.
    for (const n of [3, 5, 7, 1_000]) {
      let power = ONE;
      for (let i = 0; i < n; i += 1) power = (power * powerOfTwo(1, n)) >> POWER_BITS;
      const error = 2n * ONE - power;
      expect(error >= 0n && error < ONE >> 40n).toBe(true);
    }
  });

  it('agrees with floating point, grows strictly, and multiplies like a power', () => {
    const fractions = fc
      .integer({ min: 3_600_000, max: 3650 * 86_400_000 })
      .chain((d) => fc.tuple(fc.constant(d), fc.integer({ min: 0, max: d - 2 })));
    fc.assert(
      fc.property(fractions, ([d, n]) => {
        const power = powerOfTwo(n, d);
        const ratio = Number(power) / Number(ONE) / 2 ** (n / d);
        expect(Math.abs(ratio - 1)).toBeLessThan(1e-14);
        expect(powerOfTwo(n + 1, d) > power).toBe(true);
        expect(powerOfTwo(d - 1, d) < 2n * ONE).toBe(true);
        const rest = n === 0 ? 2n * ONE : powerOfTwo(d - n, d);
        const error = 2n * ONE - ((power * rest) >> POWER_BITS);
        expect(error >= 0n && error < ONE >> 60n).toBe(true);
      }),
      { numRuns: size(200, 20_000) },
    );
  });
});
