import { endpointExamples } from './lead.examples.js';

const { leadState } = endpointExamples;

/** Examples for what comes to be known of a lead. */
export const enrichmentExamples = {
  newFacts: {
    source: 'clearing-house',
    id: 'cl-2201',
    fields: { company_size: 340, industry: 'software' },
    occurredAt: '2026-01-01T09:58:00Z',
  },
  recordedFacts: { lead: leadState.id, status: 'recorded' },
  nextQuestions: {
    at: '2026-01-01T10:00:00.000Z',
    policy: leadState.policy,
    questions: [
      {
        field: 'company_size',
        question: 'How many people work at your company?',
        why: 'So that we show you what companies of your size do.',
        sensitivity: 2,
        mustHave: true,
      },
    ],
  },
} as const;
