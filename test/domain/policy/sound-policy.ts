import type { Policy } from '../../../src/domain/policy/policy.schema.js';

/** A small policy without a fault: where each broken one starts. */
export const soundPolicy = (): Policy => ({
  name: 'small',
  scoring: {
    weights: { explicit: 45, implicit: 55 },
    thresholds: {
      mql: 50,
      mqlDemotion: 40,
      advanced: 65,
      advancedDemotion: 55,
      minFit: 40,
      minEngagement: 30,
    },
    mismatch: { strong: 90, weak: 5 },
    groups: {
      company: { part: 'explicit', cap: 100 },
      engagement: { part: 'implicit', cap: 100, halfLife: '30 days' },
    },
    fit: [
      { id: 'industry', group: 'company', field: 'industry', when: { in: ['software'] }, points: 60 },
      { id: 'size', group: 'company', field: 'size', when: { atLeast: 50 }, points: 40 },
    ],
    events: [
      {
        id: 'pricing',
        group: 'engagement',
        event: 'page_view',
        where: { page: { in: ['pricing'] } },
        points: 25,
      },
    ],
  },
  handRaisers: ['demo_request'],
  disqualifiers: [{ id: 'student', field: 'role', when: { in: ['student'] }, reason: 'student' }],
  handOffs: {
    sdr: { pool: 'sdr', mode: 'offer', attempts: 3, automatic: true },
    ae: { pool: 'ae', mode: 'offer', attempts: 3 },
    byHand: { roles: ['admin'], pools: ['sdr', 'ae'] },
  },
  clocks: {
    acceptance: {
      after: '1 hour',
      steps: [
        { at: 50, do: 'remind' },
        { at: 100, do: 'reassign' },
      ],
    },
    firstResponse: { after: '24 hours', steps: [{ at: 100, do: 'reassign' }] },
    firstResponseHandRaiser: { after: '15 minutes', steps: [{ at: 100, do: 'alert_manager' }] },
    escalation: '1 day',
    salesInactivity: {
      after: '14 days',
      steps: [
        { at: 75, do: 'remind' },
        { at: 100, do: 'recycle' },
      ],
    },
    leadInactivity: '90 days',
    review: '3 days',
  },
  nurture: { coolOff: '30 days', recycleLimit: 3 },
  reviewDefault: 'nurture',
  qualification: { criteria: ['budget', 'timeline'], required: ['budget'] },
  reasons: {
    decline: ['no_time'],
    reject: { spam: { to: 'disqualified' }, bad_timing: { to: 'nurture', recycleAfter: '60 days' } },
    lost: { price: { outcome: 'recyclable', recycleAfter: '180 days' }, closed: { outcome: 'final' } },
    recycle: ['bad_timing'],
    disqualify: ['spam', 'student'],
  },
});
