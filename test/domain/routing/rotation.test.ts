import { describe, expect, it } from '@jest/globals';
import { afterTurn, joinPosition, returnPosition } from '../../../src/domain/routing/rotation.js';

describe('a turn', () => {
  it('moves a position by a whole step, the less the heavier the weight', () => {
    expect(afterTurn('0', 1)).toBe('1000000000000');
    expect(afterTurn('5', 3)).toBe('333333333338');
    expect(afterTurn('99999999999999999999', 100)).toBe('100000000009999999999');
  });
});

describe('a new member', () => {
  it("joins at the pool's lowest position, compared as numbers", () => {
    expect(joinPosition(['900', '1000', '20000'])).toBe('900');
    expect(joinPosition([])).toBe('0');
  });
});

describe('a member that comes back', () => {
  it('is raised to the lowest eligible position and never lowered', () => {
    expect(returnPosition('5', ['900', '1000'])).toBe('900');
    expect(returnPosition('950', ['900', '1000'])).toBe('950');
    expect(returnPosition('5', [])).toBe('5');
  });
});
