import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  conflictsIn,
  effectiveFields,
  effectiveWords,
  newestFacts,
  type SourcedFact,
} from '../../src/domain/enrichment/effective.js';
import { size } from '../support/size.js';

const fact = (source: string, value: SourcedFact['value'], occurred = 1, event = 'e'): SourcedFact => ({
  ...{ field: 'size', source, value, occurred, event, recorded: occurred },
});
const counts = (facts: readonly SourcedFact[], precedence: readonly string[], own?: string | null) =>
  effectiveFields(own === undefined ? {} : { size: own }, newestFacts(facts), precedence)['size'];

describe('the value of a field that counts', () => {
  it('is what the lead says itself, unless the policy places others before', () => {
    expect(counts([fact('vendor', 40)], [], 'ten')).toBe('ten');
    expect(counts([fact('vendor', 40)], ['vendor'], 'ten')).toBe('ten');
    expect(counts([fact('vendor', 40)], ['vendor', 'capture'], 'ten')).toBe(40);
    expect(counts([fact('vendor', 40)], ['capture', 'vendor'], ' ')).toBe(40);
  });

  it('is that of the first source in the precedence that says anything', () => {
    const facts = [fact('vendor', null), fact('registry', 30), fact('stranger', 20, 9)];
    expect(counts(facts, ['vendor', 'registry'])).toBe(30);
    expect(counts([...facts, fact('vendor', 40, 2)], ['vendor', 'registry'])).toBe(40);
  });

  it('is the newest of sources that are not listed, behind all that are', () => {
    expect(counts([fact('a', 1, 5), fact('b', 2, 6), fact('c', 3, 4)], [])).toBe(2);
    expect(counts([fact('a', 1, 5), fact('b', 2, 6), fact('c', 3, 4)], ['c'])).toBe(3);
  });

  it('is gone when its source takes it back, however late the former word comes', () => {
    expect(counts([fact('vendor', null, 2), fact('vendor', 40, 1)], ['vendor'])).toBeUndefined();
  });

  it('does not depend on the order in which facts arrive, all at once or one by one', () => {
    const facts = fc.uniqueArray(
      fc.record({
        field: fc.constantFrom('size', 'country', 'constructor'),
        source: fc.constantFrom('vendor', 'registry', 'stranger'),
        value: fc.constantFrom(1, 2, 'x', true, '', null),
        occurred: fc.integer({ min: 1, max: 4 }),
        event: fc.string({ minLength: 1, maxLength: 2 }),
        recorded: fc.constant(9),
      }),
      { maxLength: 12, selector: ({ field, source, event }) => JSON.stringify([field, source, event]) },
    );
    const precedence = fc.shuffledSubarray(['vendor', 'registry', 'capture']);
    const stated = { size: 7, country: null };
    fc.assert(
      fc.property(facts, fc.func(fc.integer()), precedence, (come, key, order) => {
        const shuffled = [...come].sort((a, b) => key(a) - key(b));
        const oneByOne = shuffled.reduce<readonly SourcedFact[]>(
          (known, next) => newestFacts([...known, next]),
          [],
        );
        const [was, is] = [newestFacts(come), oneByOne];
        expect(effectiveFields(stated, is, order)).toEqual(effectiveFields(stated, was, order));
        expect(conflictsIn(stated, 3, is, order)).toEqual(conflictsIn(stated, 3, was, order));
        // What counts is the first of what differs.
        const words = effectiveWords(stated, is, order);
        for (const { field, values } of conflictsIn(stated, 3, is, order)) {
          expect(values[0]).toMatchObject(words[field] ?? {});
        }
      }),
      { numRuns: size(300, 10_000) },
    );
  });
});

describe('conflicts', () => {
  it('are fields on which sources differ, with all values and when they were recorded', () => {
    const facts = [
      fact('vendor', 40, 5),
      fact('registry', 30, 6),
      { ...fact('vendor', 'DE'), field: 'country' },
    ];
    expect(conflictsIn({ size: 30, country: 'DE' }, 2, facts, ['vendor', 'capture'])).toEqual([
      {
        field: 'size',
        values: [
          { source: 'vendor', value: 40, recordedAt: 5 },
          { source: 'capture', value: 30, recordedAt: 2 },
          { source: 'registry', value: 30, recordedAt: 6 },
        ],
      },
    ]);
  });
});
