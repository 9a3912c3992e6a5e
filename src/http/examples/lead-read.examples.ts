import { endpointExamples } from './lead.examples.js';
import { taskExamples } from './task.examples.js';

/** Examples for the routes that read a lead. */

const { leadState, newLead } = endpointExamples;
const at = '2026-01-01T10:00:00.000Z';

export const leadReadExamples = {
  checklist: {
    at: '2026-01-05T10:00:00.000Z',
    policy: leadState.policy,
    framework: 'champ',
    items: [
      {
        ...{
          criterion: 'challenge',
          question: 'Which problem do they want to solve, and what does it cost them?',
        },
        ...{
          required: true,
          answer: 'confirmed',
          confidence: 'high',
          by: 'ana',
          at: '2026-01-05T09:40:00.000Z',
        },
      },
      {
        ...{ criterion: 'timeline', question: 'By when must it work?', required: true },
        ...{ answer: 'unknown', confidence: null, by: null, at: null },
      },
    ],
    missing: ['timeline'],
    mustHaves: [{ mustHave: 'country', field: 'country', state: 'unknown' }],
    bucket: 'hot',
    priority: {
      value: 172,
      reasons: [
        { what: 'asked_for_sales', points: 100 },
        { what: 'score', points: 72 },
      ],
    },
  },
  page: {
    items: [
      {
        id: leadState.id,
        seq: 3,
        stage: 'sal',
        situation: 'sal',
        team: 'sales',
        owner: 'rep-12',
        pool: null,
        source: 'organic_search',
        campaign: null,
        score: 62_500_000,
        bucket: 'warm',
        ended: false,
        capturedAt: at,
        at,
      },
    ],
    next: null,
  },
  detail: {
    lead: leadState,
    profile: {
      email: newLead.email,
      name: newLead.name,
      company: newLead.company,
      phone: null,
      title: null,
      fields: newLead.fields,
    },
    externalIds: newLead.externalIds,
    sources: {
      source: 'organic_search',
      campaign: null,
      latestSource: 'organic_search',
      latestCampaign: null,
    },
    reviews: [
      {
        ...{ seq: 2, at, reason: 'mismatch', reviewer: 'marketing' },
        fit: {
          score: 95_000_000,
          reasons: [{ rule: 'industry', group: 'company', worth: 18_000_000 }],
        },
        engagement: { score: 0, reasons: [] },
        resolution: {
          ...{ seq: 3, at, decision: 'hand_off', by: 'person' },
          actor: { kind: 'admin', id: 'key-1', onBehalfOf: null },
        },
      },
    ],
    capturedAt: at,
    effective: { company_size: { value: 340, source: 'clearing-house' } },
    conflicts: [
      {
        field: 'industry',
        values: [
          { source: 'capture', value: 'software', recordedAt: at },
          { source: 'clearing-house', value: 'retail', recordedAt: at },
        ],
      },
    ],
    tasks: [taskExamples.task],
    tracks: [taskExamples.track],
  },
  journey: {
    items: [
      {
        seq: 3,
        at,
        occurred: null,
        kind: 'accept',
        actor: { kind: 'rep', id: 'rep-12', onBehalfOf: null },
        transitions: [
          { type: 'stage_entered', stage: 'sal', level: null, team: 'sales', reason: 'accepted' },
        ],
        refusal: null,
        suppressed: 0,
        policy: leadState.policy,
        hash: '0f0b9c2d6d6e8c0f7b1a3f5d4c2e1a0b9d8c7f6e5a4b3c2d1e0f9a8b6b1f0c7e',
      },
    ],
    next: null,
  },
  score: {
    at,
    policy: leadState.policy,
    version: 2,
    total: 34_500_000,
    explicit: 40_000_000,
    implicit: 30_000_000,
    groups: { company: 40_000_000, engagement: 30_000_000 },
    failed: [],
    unknown: ['country'],
    lastEventAt: at,
    reasons: {
      up: [
        { rule: 'industry', group: 'company', worth: 18_000_000 },
        { rule: 'case-study', group: 'engagement', worth: 16_500_000 },
      ],
      down: [],
    },
    lift: {
      to: 'mql',
      steps: [{ type: 'ask', rule: 'company-size', field: 'company_size', answer: 50 }],
      total: 50_250_000,
    },
    entries: [
      {
        n: 2,
        rule: 'case-study',
        group: 'engagement',
        micro: 30_000_000,
        occurred: at,
        recorded: at,
        cause: 'ev_019b794a2c1e5f0c7d3b2a1f9e8d',
        reverses: null,
      },
    ],
    next: null,
  },
  routing: {
    items: [
      {
        seq: 2,
        at,
        pool: 'sdr',
        poolSeq: 41,
        rep: 'rep-12',
        policy: leadState.policy,
        candidates: [
          { rep: 'rep-11', position: '1000000000000', excludedBy: 'at_cap', detail: 'cap 20 of 20' },
          { rep: 'rep-12', position: '1500000000000', excludedBy: null, detail: null },
        ],
        ahead: 0,
      },
    ],
    next: null,
  },
} as const;
