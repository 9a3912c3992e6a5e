import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonical } from '../../src/domain/canonical.js';

const keys = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('10', '9', '01', 'é', '\u{1f600}', '\ufb33', '__proto__'),
);
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value')),
    fc.dictionary(keys, tie('value'), { maxKeys: 60 }),
  ),
})).value;

describe('the canonical form', () => {
  it('is that of RFC 8785 for every value, whatever the order of its keys', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(canonical(value)).toBe(canonicalize(value));
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves out members that are undefined, and says what JSON cannot say', () => {
    expect(canonical({ b: undefined, a: [1, -0, 1e21, 'é\u0007"'] })).toBe('{"a":[1,0,1e+21,"é\\u0007\\""]}');
    for (const value of [
      NaN,
      Infinity,
      undefined,
      1n,
      { a: () => 1 },
      [undefined],
      Symbol('s'),
      new Date(0),
    ]) {
      expect(() => canonical(value)).toThrow('has no canonical form');
    }
  });
});
