/** Examples for the API's documentation: who takes leads, and who is told. */

const newRep = { id: 'rep-12', name: 'Grace Hopper', email: 'grace@example.com', cap: 20 };

export const operationExamples = {
  newRep,
  rep: { ...newRep, active: true, paused: false, open: 3, pools: ['sdr'], version: 1 },
  newPool: { id: 'sdr', name: 'Sales development', members: [{ rep: 'rep-12', weight: 2 }] },
  pool: {
    id: 'sdr',
    name: 'Sales development',
    members: [{ rep: 'rep-12', weight: 2, position: '0' }],
    waiting: 0,
    version: 1,
  },
  queue: {
    items: [
      {
        lead: '0197a1c2-7d1e-7c3a-9f52-2f1f0c9be001',
        handRaiser: true,
        since: '2026-01-01T10:00:00.000Z',
        excluded: [],
      },
    ],
    next: null,
  },
  webhook: {
    id: '5f0c2a52-6f0e-4c43-9a58-0c6a2b1f7d11',
    url: 'https://example.com/hooks/baton',
    active: true,
    createdAt: '2026-01-01T10:00:00.000Z',
  },
  delivery: {
    id: 'd-1',
    lead: '0197a1c2-7d1e-7c3a-9f52-2f1f0c9be001',
    seq: 2,
    about: 'offered',
    rule: null,
    step: null,
    topic: null,
    text: null,
    recipient: { kind: 'rep', id: 'rep-12' },
    webhook: '5f0c2a52-6f0e-4c43-9a58-0c6a2b1f7d11',
    status: 'delivered',
    attempts: 1,
    lastError: null,
    createdAt: '2026-01-01T10:00:00.000Z',
    doneAt: '2026-01-01T10:00:01.000Z',
  },
  apiKey: {
    id: '9d5a1f0c-54a1-4d0e-9b6a-3a5a1c6f2e77',
    name: 'CRM bridge',
    role: 'admin',
    rep: null,
    createdAt: '2026-01-01T10:00:00.000Z',
    lastUsedAt: null,
    revokedAt: null,
  },
} as const;
