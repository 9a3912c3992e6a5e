import { describe, expect, it } from '@jest/globals';
import { parsePolicy } from '../../../src/domain/policy/parse-policy.js';
import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import { soundPolicy } from './sound-policy.js';

/** A policy of the right shape, with a change of its meaning. */
function broken(change: (policy: Policy) => void): Policy {
  const policy = soundPolicy();
  change(policy);
  return policy;
}

function pathsOf(policy: Policy): readonly string[] {
  const parsed = parsePolicy(policy);
  return parsed.ok ? [] : parsed.faults.map(({ path }) => path);
}

describe('an agreement', () => {
  it('may say what both sides expect, and when they look at it again', () => {
    const policy = broken((p) => {
      p.targets = { leadsPerMonth: 1000, accepted: 60, converted: 30, wonPerMonth: 180 };
      p.review = { every: '1 day' };
      p.handOffs.byHand.roles = ['admin', 'marketing', 'sales', 'rep'];
      p.clocks.acceptance.after = p.clocks.firstResponse.after;
      p.clocks.salesInactivity.after = p.clocks.firstResponse.after;
    });
    expect(pathsOf(policy)).toEqual([]);
    expect(pathsOf({ ...policy, targets: { accepted: 5, wonPerMonth: 9 } })).toEqual([]);
  });

  it.each<[string, (policy: Policy) => void, string[]]>([
    [
      'targets that contradict each other',
      (p) => (p.targets = { leadsPerMonth: 1000, accepted: 60, converted: 30, wonPerMonth: 181 }),
      ['/targets/wonPerMonth'],
    ],
    ['reviews every hour', (p) => (p.review = { every: '1 hour' }), ['/review/every']],
    ['reviews every two years', (p) => (p.review = { every: '104 weeks' }), ['/review/every']],
    ['a reason that is none', (p) => (p.disqualifiers[0]!.reason = 'pupil'), ['/disqualifiers/0/reason']],
    [
      'no reason to reject or to lose for',
      (p) => {
        p.reasons.reject = {};
        p.reasons.lost = {};
      },
      ['/reasons/reject', '/reasons/lost'],
    ],
    [
      'an automatic hand-off that nothing can start',
      (p) => {
        p.scoring.fit = [];
        p.scoring.events = [];
        p.scoring.groups = {};
        p.handRaisers = [];
      },
      ['/handOffs/sdr/automatic'],
    ],
    [
      'a default pool that may not receive by hand',
      (p) => (p.handOffs.byHand.pools = ['ae']),
      ['/handOffs/byHand/pools'],
    ],
    [
      'somebody who is nobody handing over',
      (p) => (p.handOffs.byHand.roles = ['admin', 'ceo']),
      ['/handOffs/byHand/roles/1'],
    ],
    [
      'clocks that never get to their end',
      (p) => {
        p.clocks.acceptance.after = '25 hours';
        p.clocks.salesInactivity.after = '23 hours';
      },
      ['/clocks/acceptance/after', '/clocks/salesInactivity/after'],
    ],
    [
      'stages that do not exist',
      (p) => (p.stages = { 'mql.early': { definition: 'x' }, mqls: { definition: 'x' } }),
      ['/stages/mqls'],
    ],
    ['a stage without words', (p) => (p.stages = { sal: { definition: ' ' } }), ['/stages/sal/definition']],
  ])('with %s is refused', (_, change, paths) => {
    expect(pathsOf(broken(change))).toEqual(paths);
  });
});
