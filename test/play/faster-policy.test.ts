import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { parsePolicy, policyJsonSchema } from '../../src/domain/policy/parse-policy.js';
import type { Policy } from '../../src/domain/policy/policy.schema.js';
import { DURATION_PATTERN, parseDuration } from '../../src/domain/time.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { fasterPolicy } from '../../src/play/faster-policy.js';
import { readPolicy } from '../../src/play/policy-file.js';

const policies = ['default', 'marketplace', 'education'].map((name): [string, Policy] => [
  name,
  readPolicy(join(projectRoot(), 'examples', 'policies', `${name}.yaml`)),
]);
const [, education] = policies[2]!;

/** Every duration of a policy by its path. */
function durationsOf(value: unknown, path: string[] = []): [string, string][] {
  if (typeof value === 'string') return DURATION_PATTERN.test(value) ? [[path.join('.'), value]] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => durationsOf(part, [...path, name]));
}

/** Paths of the schema's durations, `*` for every name and index. */
function schemaDurations(schema: unknown, path: string[] = []): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { pattern, properties, additionalProperties, items, anyOf } = schema as Record<string, unknown>;
  return [
    ...(pattern === DURATION_PATTERN.source ? [path.join('.')] : []),
    ...Object.entries(properties ?? {}).flatMap(([name, part]) => schemaDurations(part, [...path, name])),
    ...schemaDurations(additionalProperties, [...path, '*']),
    ...schemaDurations(items, [...path, '*']),
    ...(Array.isArray(anyOf) ? anyOf.flatMap((part) => schemaDurations(part, path)) : []),
  ];
}

describe('a policy made faster', () => {
  it('has every duration divided, named so, and nothing else changed', () => {
    const { policy, floored } = fasterPolicy(education, 60);
    expect(policy.name).toBe('education-x60');
    expect(floored.map(({ path }) => path)).toEqual([]);
    expect(policy.clocks.acceptance.after).toBe('4 minutes');
    expect(policy.clocks.firstResponse.after).toBe('24 minutes');
    expect(policy.clocks.escalation).toBe('8 minutes');
    expect(policy.clocks.leadInactivity).toBe('2 hours');
    expect(policy.nurture.coolOff).toBe('72 minutes');
    expect(policy.scoring.groups['visits']?.halfLife).toBe('168 minutes');
    expect(policy.reasons.reject['no_budget']?.recycleAfter).toBe('144 minutes');
    expect(policy.reasons.lost['price']?.recycleAfter).toBe('144 minutes');

    const bare = (one: Policy): unknown =>
      JSON.parse(JSON.stringify(one), (key, value: unknown) =>
        key === 'name' || (typeof value === 'string' && DURATION_PATTERN.test(value)) ? '…' : value,
      );
    expect(bare(policy)).toEqual(bare(education));
  });

  it.each(policies)('%s: is right at every speed, and as fast as it says', (_name, policy) => {
    for (const n of [1, 2, 7, 600, 3_600, 86_400, 1_000_000]) {
      const faster = fasterPolicy(policy, n);
      expect(parsePolicy(faster.policy)).toMatchObject({ ok: true });
      const floored = new Set(faster.floored.map(({ path }) => path));
      const was = new Map(durationsOf(policy));
      for (const [path, is] of durationsOf(faster.policy)) {
        const wanted = parseDuration(was.get(path) ?? '') / n;
        if (floored.has(path)) expect(parseDuration(is)).toBeGreaterThan(wanted);
        else expect(Math.abs(parseDuration(is) - wanted)).toBeLessThanOrEqual(Math.max(500, wanted / 1_000));
        expect(parseDuration(is)).toBeGreaterThanOrEqual(2_000);
      }
    }
  });

  it('says what hits the floor: two seconds, and one hour for a half-life', () => {
    const { policy, floored } = fasterPolicy(education, 7_200);
    expect(floored).toEqual([
      { path: 'scoring.groups.visits.halfLife', is: '1 hour', wanted: 84_000 },
      { path: 'scoring.groups.answers.halfLife', is: '1 hour', wanted: 84_000 },
      { path: 'scoring.groups.withdrawal.halfLife', is: '1 hour', wanted: 168_000 },
      { path: 'clocks.firstResponseHandRaiser.after', is: '2 seconds', wanted: 1_000 },
    ]);
    expect(policy.clocks.acceptance.after).toBe('2 seconds');
  });

  it('leaves out no duration that a policy may have', () => {
    const { $defs } = policyJsonSchema() as { $defs: { Policy: unknown } };
    const paths = schemaDurations($defs.Policy);
    expect(paths.length).toBeGreaterThan(8);
    // One policy with all of them: what is not divided shows.
    const full = structuredClone(education) as never as Record<string, never>;
    for (const path of paths) fill(full, path.split('.'));
    const was = new Map(durationsOf(full));
    expect(was.size).toBeGreaterThanOrEqual(paths.length);
    const kept = durationsOf(fasterPolicy(full as never as Policy, 10).policy).filter(
      ([path, is]) => was.get(path) === is,
    );
    expect(kept).toEqual([]);
  });

  it('is itself at speed 1, and refuses what is no speed', () => {
    expect(fasterPolicy(education, 1).policy).toBe(education);
    for (const n of [0, -1, 1.5, NaN, 2_000_000]) {
      expect(() => fasterPolicy(education, n)).toThrow(/whole number from 1 to 1000000/);
    }
  });
});

/** Puts a duration where the schema allows one. */
function fill(value: Record<string, unknown>, [name, ...rest]: string[]): void {
  const names = name === '*' ? Object.keys(value) : [name ?? ''];
  for (const one of names) {
    if (rest.length === 0) value[one] = '20 days';
    else fill((value[one] ??= {}) as Record<string, unknown>, rest);
  }
}
