import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { parsePolicy } from '../../../src/domain/policy/parse-policy.js';
import { BROKEN } from './broken-faults.js';

const folder = new URL('./broken/', import.meta.url);

describe('twenty broken policies', () => {
  it('are there', () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(BROKEN).sort());
    expect(readdirSync(folder)).toHaveLength(20);
  });

  it.each(Object.entries(BROKEN))('%s is refused whole, with every fault and its path', (file, expected) => {
    const parsed = parsePolicy(parse(readFileSync(new URL(file, folder), 'utf8')));
    const faults = parsed.ok ? [] : parsed.faults.map(({ path, message }) => `${path}: ${message}`);
    expect([...faults].sort()).toEqual([...expected].sort());
  });
});
