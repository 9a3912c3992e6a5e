/** Examples for the API's documentation: what there is to do about a lead. */

const task = {
  id: 'tk_0f6f7a52-6f0e-4c43-9a58-0c6a2b1f7d11',
  lead: '0197a1c2-7d1e-7c3a-9f52-2f1f0c9be001',
  title: 'Arrange the kick-off',
  rep: 'rep-12',
  team: 'sales',
  dueAt: '2026-01-04T10:00:00.000Z',
  status: 'open',
  playbook: 'welcome-customer',
  track: null,
  seq: 10,
  createdAt: '2026-01-01T10:00:00.000Z',
  finishedAt: null,
  finishedBy: null,
} as const;

export const taskExamples = {
  task,
  done: {
    ...task,
    status: 'done',
    finishedAt: '2026-01-02T10:00:00.000Z',
    finishedBy: { kind: 'rep', id: 'rep-12', onBehalfOf: null },
  },
  track: { track: 'stay-in-touch', enteredAt: '2026-01-01T10:00:00.000Z', done: 1, nextAt: null },
} as const;
