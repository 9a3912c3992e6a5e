import type { Policy } from '../../../src/domain/policy/policy.schema.js';

/** A small policy that uses every feature of the journey. */
export const TEST_POLICY: Policy = {
  name: 'test',
  scoring: {
    weights: { explicit: 45, implicit: 55 },
    thresholds: {
      mql: 50,
      mqlDemotion: 40,
      advanced: 65,
      advancedDemotion: 55,
      minFit: 20,
      minEngagement: 20,
    },
    mismatch: { strong: 90, weak: 5 },
    groups: { fit: { part: 'explicit', cap: 100 }, web: { part: 'implicit', cap: 100, halfLife: '14 days' } },
    fit: [{ id: 'industry', group: 'fit', field: 'industry', when: { in: ['software'] }, points: 80 }],
    events: [{ id: 'pricing', group: 'web', event: 'pricing_page', points: 30 }],
  },
  handRaisers: ['demo_request'],
  disqualifiers: [],
  handOffs: {
    sdr: { pool: 'sdr', mode: 'offer', handRaiserMode: 'assign', attempts: 3, automatic: true },
    ae: { pool: 'ae', mode: 'offer', attempts: 2 },
    byHand: { roles: ['admin'], pools: ['sdr', 'vip'] },
  },
  clocks: {
    acceptance: {
      after: '60 minutes',
      steps: [
        { at: 50, do: 'remind' },
        { at: 80, do: 'alert_manager' },
        { at: 100, do: 'reassign' },
      ],
    },
    firstResponse: {
      after: '24 hours',
      steps: [
        { at: 50, do: 'remind' },
        { at: 100, do: 'alert_manager' },
      ],
    },
    firstResponseHandRaiser: {
      after: '15 minutes',
      steps: [
        { at: 50, do: 'remind' },
        { at: 100, do: 'reassign' },
      ],
    },
    escalation: '1 day',
    salesInactivity: {
      after: '14 days',
      steps: [
        { at: 80, do: 'remind' },
        { at: 100, do: 'recycle' },
      ],
    },
    leadInactivity: '90 days',
    review: '3 days',
  },
  nurture: { coolOff: '30 days', recycleLimit: 2 },
  reviewDefault: 'nurture',
  qualification: { criteria: ['budget', 'timeline'], required: ['budget'] },
  reasons: {
    decline: ['no_time'],
    reject: { bad_timing: { to: 'nurture', recycleAfter: '60 days' }, spam: { to: 'disqualified' } },
    lost: { no_budget: { outcome: 'recyclable' }, competitor: { outcome: 'final' } },
    recycle: ['cooled'],
    disqualify: ['student'],
  },
};
