import { describe, expect, it } from '@jest/globals';
import { holds } from '../../../src/domain/scoring/condition.js';
import type { Condition } from '../../../src/domain/policy/schema-parts.js';

const UNKNOWN = [undefined, null, '', '  ', [], ['']];

describe('a condition on an unknown value', () => {
  const conditions: Condition[] = [
    {},
    { present: true },
    { in: [''] },
    { notIn: ['x'] },
    { atLeast: -1 },
    { below: 1 },
    { contains: 'x' },
    { matches: '.*' },
    { present: false, notIn: ['x'] },
  ];
  it.each(conditions)('%j does not hold', (condition) => {
    for (const value of UNKNOWN) expect(holds(condition, value)).toBe(false);
  });

  it('holds when it asks for absence and nothing else', () => {
    for (const value of UNKNOWN) expect(holds({ present: false }, value)).toBe(true);
  });
});

describe('a condition on a known value', () => {
  it.each<[Condition, unknown, boolean]>([
    [{}, 0, true],
    [{ present: true }, false, true],
    [{ present: false }, 'x', false],
    [{ in: ['Software', 'retail'] }, '  SOFTWARE ', true],
    [{ in: ['Software'] }, 'softwares', false],
    [{ in: ['5'] }, 5, true],
    [{ in: ['true'] }, true, true],
    [{ notIn: ['Spam'] }, 'spam', false],
    [{ notIn: ['spam'] }, 'ham', true],
    [{ contains: 'Head of' }, 'deputy head of sales', true],
    [{ contains: 'head' }, 'Chief', false],
    [{ contains: 'x' }, { x: 1 }, false],
    [{ matches: '^(head|vp) of' }, ' VP of Sales', true],
    [{ matches: '^(head|vp) of' }, 'deputy head of sales', false],
    [{ matches: '\\.edu$' }, ['acme.com', 'MIT.edu'], true],
    [{ matches: '^5\\d$' }, 55, true],
    [{ matches: 'a', notIn: ['a'] }, 'A', false],
    [{ atLeast: 50 }, 50, true],
    [{ atLeast: 50 }, 49.9, false],
    [{ below: 50 }, 50, false],
    [{ atLeast: 50, below: 60 }, ' 55.5 ', true],
    [{ atLeast: 50 }, '1e9', false],
    [{ atLeast: 50 }, '51 people', false],
    [{ atLeast: 0 }, NaN, false],
    [{ atLeast: 0 }, true, false],
    [{ in: ['a'], contains: 'b' }, 'a', false],
    [{ in: ['react'] }, ['vue', 'React'], true],
    [{ notIn: ['react'] }, ['vue', 'React'], false],
    [{ atLeast: 3 }, [1, '4'], true],
  ])('%j on %j: %s', (condition, value, expected) => {
    expect(holds(condition, value)).toBe(expected);
  });
});

describe('a pattern', () => {
  it('takes no longer for a text that makes others try every way', () => {
    // A backtracking engine would try 2^2000 ways here: the test would never end.
    expect(holds({ matches: '^(a+)+$' }, `${'a'.repeat(1_900)}!`)).toBe(false);
  });

  it('looks at so much of a long text, and no further', () => {
    expect(holds({ matches: 'needle' }, `${'-'.repeat(1_000)}needle`)).toBe(true);
    expect(holds({ matches: 'needle' }, `${'-'.repeat(2_000)}needle`)).toBe(false);
  });
});
