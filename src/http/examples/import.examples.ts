/** Examples for the API's documentation: yesterday's leads. */

const MAPPING = `timeZone: America/Sao_Paulo
externalId: { source: crm, column: id }
occurredAt: { column: first_contact }
history:
  - { stage: closed_won, occurredAt: { column: won_date }, when: { column: won_date, present: true } }
`;

const brought = {
  id: 'im_5f0c2a526f0e4c439a580c6a2b1f7d11',
  state: 'done',
  dryRun: false,
  files: [{ name: 'leads.csv', rows: 3 }],
  counts: { rows: 3, waiting: 0, imported: 2, unchanged: 0, refused: 1, leftOut: 0, odd: 1 },
  leads: 2,
  reps: [],
  leadsPerSecond: 180,
  createdAt: '2026-01-05T09:00:00.000Z',
  startedAt: '2026-01-05T09:00:01.000Z',
  finishedAt: '2026-01-05T09:00:02.000Z',
  startsUntil: '2026-01-05T09:00:02.000Z',
} as const;

export const importExamples = {
  newImport: { mapping: MAPPING, dryRun: 'false' },
  import: brought,
  waiting: {
    ...brought,
    state: 'waiting',
    counts: { ...brought.counts, waiting: 3, imported: 0, refused: 0, odd: 0 },
    leads: 0,
    leadsPerSecond: null,
    startedAt: null,
    finishedAt: null,
    startsUntil: null,
  },
  rows: {
    items: [
      {
        file: 'leads.csv',
        row: 2,
        externalId: '4711',
        status: 'imported',
        lead: 'ld_019b8d5c2f1a6c1d2e3f4a5b6c7d8e9f',
        odd: ['closed_won occurred 2 days before inquiry'],
        why: null,
      },
      {
        file: 'leads.csv',
        row: 3,
        externalId: '4712',
        status: 'refused',
        lead: null,
        odd: [],
        why: 'won_date is "31/02/2018", which is no date',
      },
    ],
    next: null,
  },
} as const;
