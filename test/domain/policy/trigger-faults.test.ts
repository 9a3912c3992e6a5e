import { describe, expect, it } from '@jest/globals';
import { parsePolicy } from '../../../src/domain/policy/parse-policy.js';
import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import { soundPolicy } from './sound-policy.js';

const paths = (policy: Policy): readonly string[] => {
  const parsed = parsePolicy(policy);
  return parsed.ok ? [] : parsed.faults.map(({ path }) => path);
};

describe('ways into a hand-off beside the score', () => {
  it('are taken when they make sense', () => {
    const policy = soundPolicy();
    const thresholds = { ...policy.scoring.thresholds, fitOnly: 30, sql: 60 };
    expect(
      paths({
        ...policy,
        scoring: { ...policy.scoring, thresholds },
        handOffs: { ...policy.handOffs, fitOnly: { pool: 'vip' } },
        triggers: [
          { id: 'trial', event: 'trial', bypasses: ['threshold'], where: { plan: { in: ['pro'] } } },
        ],
      }),
    ).toEqual([]);
  });

  it('are refused where they clash, can never match or lead nowhere', () => {
    const policy = soundPolicy();
    expect(
      paths({
        ...policy,
        scoring: { ...policy.scoring, thresholds: { ...policy.scoring.thresholds, sql: 10 } },
        handOffs: { ...policy.handOffs, fitOnly: {} },
        triggers: [
          { id: 'fit', event: 'trial', bypasses: [] },
          { id: 'trial', event: 'demo_request', bypasses: [], where: { plan: { atLeast: 5, below: 3 } } },
          { id: 'trial', event: 'trial', bypasses: [] },
        ],
      }),
    ).toEqual([
      ...['/triggers/0/id', '/triggers/1/event', '/triggers/1/where/plan', '/triggers/2/id'],
      ...['/handOffs/fitOnly', '/scoring/thresholds/sql'],
    ]);
  });
});
