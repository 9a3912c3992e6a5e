/** Examples for the API's documentation: open leads move to another policy. */

const migration = {
  id: 'pm_5f0c2a52-6f0e-4c43-9a58-0c6a2b1f7d11',
  to: '9b74c9897bac770ffc029102a200c5de5d0c3a1c6a3d0b7f1f0c5e6f2b3a4d5e',
  undoes: null,
  dryRun: false,
  perSecond: 50,
  state: 'done',
  leads: 412,
  counts: { waiting: 0, told: 0, moved: 401, deferred: 9, leftOut: 2 },
  changes: [{ before: 'inquiry', after: 'mql.early', leads: 37 }],
  createdAt: '2026-01-05T09:00:00.000Z',
  finishedAt: '2026-01-05T09:00:11.000Z',
} as const;

const waiting = {
  ...migration,
  state: 'selecting',
  leads: 0,
  counts: { waiting: 0, told: 0, moved: 0, deferred: 0, leftOut: 0 },
  changes: [],
  finishedAt: null,
} as const;

export const migrationExamples = {
  migration,
  wish: { dryRun: false, perSecond: 50 },
  waiting,
  undoing: { ...waiting, to: null, undoes: migration.id },
  cancelled: { ...migration, state: 'cancelled', counts: { ...migration.counts, waiting: 100, moved: 301 } },
};
