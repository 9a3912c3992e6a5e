import { describe, expect, it } from '@jest/globals';
import { size } from './support/size.js';

describe('the size of a test', () => {
  it('is small unless the proof is run', () => {
    expect(size(1, 1000)).toBe(process.env.BATON_PROOF === 'full' ? 1000 : 1);
  });
});
