import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonical } from '../../../src/domain/canonical.js';
import { changeLine, policyDiff, sectionOf } from '../../../src/domain/policy/diff.js';
import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import type { Condition } from '../../../src/domain/policy/schema-parts.js';
import { size } from '../../support/size.js';
import { soundPolicy } from './sound-policy.js';

function changed(change: (policy: Policy) => void): Policy {
  const policy = soundPolicy();
  change(policy);
  return policy;
}

/** The value at a JSON Pointer. */
const at = (value: unknown, path: string): unknown =>
  path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);

describe('the difference between two policies', () => {
  it('is nothing between the same ones', () => {
    expect(policyDiff(soundPolicy(), soundPolicy())).toEqual([]);
  });

  it('names what was added, removed and changed, with both values', () => {
    const next = changed((p) => {
      p.scoring.weights = { explicit: 40, implicit: 60 };
      p.description = 'a/b';
      delete p.handOffs.ae;
      p.reasons.reject['a/b'] = { to: 'nurture' };
    });
    expect(policyDiff(soundPolicy(), next)).toEqual(
      expect.arrayContaining([
        { op: 'changed', path: '/scoring/weights/explicit', old: 45, value: 40 },
        { op: 'changed', path: '/scoring/weights/implicit', old: 55, value: 60 },
        { op: 'added', path: '/description', value: 'a/b' },
        { op: 'removed', path: '/handOffs/ae', old: soundPolicy().handOffs.ae },
        { op: 'added', path: '/reasons/reject/a~1b', value: { to: 'nurture' } },
      ]),
    );
    expect(policyDiff(soundPolicy(), next)).toHaveLength(5);
  });

  it('matches rules by their id, wherever they stand', () => {
    const next = changed(({ scoring }) => {
      const [industry, staff] = scoring.fit;
      scoring.fit = [
        { id: 'country', group: 'company', field: 'country', when: { in: ['DE'] }, points: 5 },
        industry!,
        { ...staff!, points: 30 },
      ];
    });
    const changes = policyDiff(soundPolicy(), next);
    expect(changes).toEqual(
      expect.arrayContaining([
        { op: 'added', path: '/scoring/fit/0', value: next.scoring.fit[0] },
        { op: 'changed', path: '/scoring/fit/2/points', old: 40, value: 30 },
      ]),
    );
    expect(changes).toHaveLength(2);
  });

  it('says that a rule moved, and a step changed', () => {
    const next = changed((p) => {
      p.scoring.fit.reverse();
      p.clocks.acceptance.steps[0]!.do = 'alert_manager';
    });
    const changes = policyDiff(soundPolicy(), next);
    expect(changes).toHaveLength(2);
    expect(changes).toContainEqual({
      op: 'changed',
      path: '/clocks/acceptance/steps/0/do',
      old: 'remind',
      value: 'alert_manager',
    });
    expect(changes.find(({ op }) => op === 'moved')).toMatchObject({
      path: expect.stringMatching(/^\/scoring\/fit\/[01]$/),
      from: expect.stringMatching(/^\/scoring\/fit\/[01]$/),
    });
  });

  it('reads as lines', () => {
    expect(
      [
        { op: 'added', path: '/a', value: { b: 1 } },
        { op: 'removed', path: '/a', old: 'x' },
        { op: 'changed', path: '/a', old: 1, value: 2 },
        { op: 'moved', path: '/a/1', from: '/a/0' },
      ].map((change) => changeLine(change as Parameters<typeof changeLine>[0])),
    ).toEqual(['/a added: {"b":1}', '/a removed, was: "x"', '/a from 1 to 2', '/a/1 moved from /a/0']);
  });

  const rule = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    group: fc.constantFrom('company', 'engagement'),
    field: fc.constantFrom('x', 'y'),
    when: fc.constantFrom<Condition>({ present: true }, { in: ['u', 'v'] }, { atLeast: 3 }),
    points: fc.integer({ min: -3, max: 3 }),
  });
  const policies = fc
    .record({
      fit: fc.uniqueArray(rule, { selector: ({ id }) => id, maxLength: 6 }),
      mql: fc.integer({ min: 0, max: 3 }),
      raisers: fc.uniqueArray(fc.constantFrom('p', 'q', 'r', 's'), { maxLength: 4 }),
      ae: fc.boolean(),
    })
    .map(({ fit, mql, raisers, ae }) =>
      changed((p) => {
        p.scoring.fit = fit;
        p.scoring.thresholds.mql = mql;
        p.handRaisers = raisers;
        if (!ae) delete p.handOffs.ae;
      }),
    );

  it('is empty only for equal ones, and every value in it stands where its path says', () => {
    fc.assert(
      fc.property(policies, policies, (old, next) => {
        const changes = policyDiff(old, next);
        expect(changes.length === 0).toBe(canonical(old) === canonical(next));
        for (const change of changes) {
          if (change.op === 'removed') expect(at(old, change.path)).toEqual(change.old);
          if (change.op === 'added' || change.op === 'changed')
            expect(at(next, change.path)).toEqual(change.value);
          expect(['scoring', 'handRaisers', 'handOffs']).toContain(sectionOf(change));
        }
      }),
      { numRuns: size(300, 5_000) },
    );
  });

  it('names each rule that came, went or has other points, and no other', () => {
    fc.assert(
      fc.property(policies, policies, (old, next) => {
        const changes = policyDiff(old, next).filter(({ path }) => path.startsWith('/scoring/fit/'));
        const ids = (policy: Policy) => new Set(policy.scoring.fit.map(({ id }) => id));
        const came = changes.flatMap((c) =>
          c.op === 'added' && /^\/scoring\/fit\/\d+$/.test(c.path) ? [(c.value as { id: string }).id] : [],
        );
        const went = changes.flatMap((c) =>
          c.op === 'removed' && /^\/scoring\/fit\/\d+$/.test(c.path) ? [(c.old as { id: string }).id] : [],
        );
        expect(new Set(came)).toEqual(new Set([...ids(next)].filter((id) => !ids(old).has(id))));
        expect(new Set(went)).toEqual(new Set([...ids(old)].filter((id) => !ids(next).has(id))));
        const repointed = changes
          .filter(({ path }) => path.endsWith('/points'))
          .map(({ path }) => at(next, path.replace(/points$/, 'id')));
        const expected = next.scoring.fit.filter(({ id, points }) =>
          old.scoring.fit.some((other) => other.id === id && other.points !== points),
        );
        expect(new Set(repointed)).toEqual(new Set(expected.map(({ id }) => id)));
      }),
      { numRuns: size(300, 5_000) },
    );
  });
});
