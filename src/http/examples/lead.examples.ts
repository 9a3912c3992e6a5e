/** Examples for the API's documentation: one lead, offered to one rep. */

const leadState = {
  id: '0197a1c2-7d1e-7c3a-9f52-2f1f0c9be001',
  seq: 3,
  stage: 'sal',
  level: null,
  situation: 'sal',
  team: 'sales',
  owners: { sdr: 'rep-12', ae: null },
  handOff: null,
  deadlines: [{ clock: 'first_response', due: '2026-01-02T10:00:00.000Z' }],
  review: null,
  recycles: 0,
  coolOffUntil: null,
  firstResponseAt: null,
  criteria: {},
  tags: [],
  policy: '6b1f0c7e0f0b9c2d6d6e8c0f7b1a3f5d4c2e1a0b9d8c7f6e5a4b3c2d1e0f9a8b',
  at: '2026-01-01T10:00:00.000Z',
};

const newEvent = {
  lead: { externalIds: [{ source: 'shop', id: 'c-17' }] },
  source: 'website',
  id: 'evt-1',
  kind: 'demo_request',
  occurredAt: '2026-01-01T10:00:00Z',
  properties: { page: '/demo' },
};

export const endpointExamples = {
  leadState,
  commandAnswer: { lead: leadState, seq: 3 },
  newLead: {
    externalIds: [{ source: 'shop', id: 'c-17' }],
    email: 'ada@example.com',
    name: 'Ada Lovelace',
    company: 'Example Engines',
    source: 'organic_search',
    fields: { industry: 'software' },
  },
  capturedLead: { id: leadState.id, status: 'created', stage: 'inquiry', situation: 'inquiry' },
  newEvent,
  batchReport: {
    recorded: 1,
    duplicates: 0,
    faults: 0,
    results: [{ index: 0, status: 'recorded', lead: leadState.id }],
  },
  recordedEvent: { lead: leadState.id, status: 'recorded' },
} as const;
