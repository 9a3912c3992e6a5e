import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parsePolicy } from '../domain/policy/parse-policy.js';
import type { Policy } from '../domain/policy/policy.schema.js';

/** @throws Error with every fault */
export function readPolicy(file: string): Policy {
  const parsed = parsePolicy(parse(readFileSync(file, 'utf8'), { schema: 'core', uniqueKeys: true }));
  if (parsed.ok) return parsed.policy;
  const faults = parsed.faults.map(({ path, message }) => `  ${path}: ${message}`);
  throw new Error(`The policy ${file} is wrong:\n${faults.join('\n')}`);
}
