/** Examples for the API's documentation: the agreement between marketing and sales. */

const hash = '6b1f0c7e0f0b9c2d6d6e8c0f7b1a3f5d4c2e1a0b9d8c7f6e5a4b3c2d1e0f9a8b';
const before = '0a9f8e7d6c5b4a3f2e1d0c9b8a7f6e5d4c3b2a1f0e9d8c7b6a5f4e3d2c1b0a99';
const ada = {
  role: 'marketing',
  key: '9d5a1f0c-54a1-4d0e-9b6a-3a5a1c6f2e77',
  name: 'Ada, marketing',
} as const;
const proposal = {
  rationale: 'Half of the advanced leads were not ready.',
  expectedImpact: 'A fifth fewer hand-offs, two thirds of them accepted.',
};
const line = { at: '2026-01-01T10:00:00.000Z', by: ada, team: null, from: null, emergency: false } as const;

export const policyExamples = {
  proposal,
  veto: { reason: 'Fit weighs too little: we would call companies that cannot buy.' },
  activation: { from: '2026-02-01T00:00:00Z', expected: before },
  policy: {
    hash,
    name: 'default',
    state: 'proposed',
    active: false,
    needsApproval: false,
    from: null,
    approval: { rule: 'both', against: before, approved: ['marketing'], missing: ['sales'] },
    recordedAt: '2026-01-01T10:00:00.000Z',
    history: [
      { ...line, step: 'drafted', words: {} },
      { ...line, step: 'proposed', words: proposal },
      { ...line, step: 'approved', team: 'marketing', words: {} },
    ],
  },
  diff: {
    against: before,
    hash,
    changes: [{ op: 'changed', path: '/scoring/weights/explicit', old: 45, value: 40 }],
    lines: ['/scoring/weights/explicit from 45 to 40'],
  },
  newReview: { participants: ['Ada', 'Grace'], decision: 'no_change', notes: 'Too early to tell.' },
  review: {
    id: '5f0c2a52-6f0e-4c43-9a58-0c6a2b1f7d11',
    policy: hash,
    decision: 'no_change',
    participants: ['Ada', 'Grace'],
    notes: 'Too early to tell.',
    at: '2026-01-01T10:00:00.000Z',
    by: ada,
  },
} as const;
