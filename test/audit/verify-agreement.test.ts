import { beforeAll, describe, expect, it } from '@jest/globals';
import { DAY } from '../../src/domain/time.js';
import { createPolicies } from '../../src/policies/policies.js';
import { createReviews } from '../../src/policies/reviews.js';
import { TEST_KEY } from '../db/world.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { useAuditedWorld } from './audited-world.js';

const world = useAuditedWorld();
const marketing = { role: 'marketing', id: 'key-m' } as const;
const sales = { role: 'sales', id: 'key-s' } as const;

beforeAll(async () => {
  const { dataSource, clock, policies: store } = world;
  const deps = { dataSource, clock, journalKey: TEST_KEY };
  const policies = createPolicies({ ...deps, store });
  const reviews = createReviews({ ...deps, policies: store });
  const expected = (await store.active(dataSource.manager, clock.now()))?.hash;
  await dataSource.transaction(async (tx) => {
    const { hash } = await policies.save(tx, { ...TEST_POLICY, handRaisers: ['trial'] }, marketing);
    await policies.propose(tx, hash, { rationale: 'why', expectedImpact: 'what' }, marketing);
    await policies.approve(tx, hash, 'marketing', undefined, marketing);
    await policies.approve(tx, hash, 'sales', undefined, sales);
    await policies.activate(tx, hash, { from: clock.now() + DAY, expected }, sales);
    await reviews.record(tx, { participants: ['Ada'], decision: 'no_change' }, sales);
  });
  await world.keepCopy();
});

describe('verify', () => {
  it('finds nothing in what nobody has changed, and says that it has looked', async () => {
    const steps = await world.steps();
    expect(steps.filter(({ type }) => type === 'finding')).toEqual([]);
    expect(steps).toContainEqual({ type: 'checked', what: 'steps and reviews of policies', count: 7 });
  });

  it.each([
    [
      'an approval that speaks for the other team',
      `update policy_step set team = 'marketing' where team = 'sales'`,
    ],
    ['an approval that nobody gave', `delete from policy_step where team = 'sales'`],
    [
      'a step that somebody put in',
      `insert into policy_step select n + 1000, policy, kind, team, role, actor, at, from_at, emergency, against, rule, salt, words from policy_step where kind = 'activated'`,
    ],
    ['another date', `update policy_step set from_at = from_at - interval '1 day' where from_at is not null`],
    ['an emergency that was hidden', `update policy_step set emergency = true where from_at is not null`],
    ['somebody else who did it', `update policy_step set actor = 'key-x' where kind = 'proposed'`],
    [
      'other words',
      `update policy_step set words = replace(words, 'why', 'because') where kind = 'proposed'`,
    ],
    ['another decision of a review', `update policy_review set decision = 'change'`],
    ['a review that is gone', `delete from policy_review`],
  ])('finds %s', async (_, sql) => {
    await world.tamper(sql);
    const findings = await world.findings();
    expect(findings[0]).toMatchObject({ lead: null, kind: 'agreement_differs' });
  });
});
