import { z } from 'zod';
import { CRITERION_ANSWERS } from '../../domain/journey/inputs.js';
import { CLOCKS, STAGES } from '../../domain/journey/journey.js';
import { BUCKETS } from '../../domain/qualification/checklist.js';
import { REFUSALS, type Refusal } from '../../domain/journey/refusals.js';
import { leadRef } from './lead-ref.js';
import { leadReview } from './review-evidence.schemas.js';
import { openTrack, task } from './task.schemas.js';
import { code, id, instant, pageOf, paging, shortText, timestamp } from './common.js';

export const leadPath = z.strictObject({ id: leadRef });

const instantOrNull = timestamp.nullable();
const team = z.enum(['marketing', 'sales']);

/** Where a lead stands: the `LeadView` of the domain. */
export const leadView = z
  .strictObject({
    id: z.string(),
    seq: z.int().describe('Number of the newest journal row.'),
    stage: z.enum(STAGES),
    level: z.enum(['early', 'advanced']).nullable(),
    situation: z.string().describe('Stage and hand-off in one word, such as `mql.offered`.'),
    team,
    owners: z.strictObject({ sdr: z.string().nullable(), ae: z.string().nullable() }),
    handOff: z
      .strictObject({
        n: z.int(),
        kind: z.enum(['sdr', 'ae']),
        status: z.enum(['queued', 'offered', 'assigned', 'escalated']),
        pool: z.string(),
        rep: z.string().nullable(),
        attempt: z.int(),
        startedAt: timestamp,
      })
      .nullable(),
    deadlines: z
      .array(z.strictObject({ clock: z.enum(CLOCKS), due: timestamp }))
      .describe('Running clocks, each with its next step: a reminder on the way, or its end.'),
    review: z.strictObject({ reason: z.string(), reviewer: team }).nullable(),
    recycles: z.int(),
    coolOffUntil: instantOrNull,
    firstResponseAt: instantOrNull,
    criteria: z.record(z.string(), z.enum(CRITERION_ANSWERS)),
    tags: z.array(z.string()),
    policy: z.string().describe('Hash of the policy that this journey follows.'),
    at: timestamp,
  })
  .meta({ id: 'LeadState' });

export const commandAnswer = z.strictObject({ lead: leadView, seq: z.int() }).meta({ id: 'CommandAnswer' });

const refusalCodes = Object.keys(REFUSALS) as Refusal[];
export const refusalCode = z.enum(refusalCodes);

export const leadQuery = z.strictObject({
  ...paging,
  stage: z.enum(STAGES).optional(),
  owner: id.optional().describe('The rep who holds the lead now.'),
  pool: code.optional(),
  source: shortText.optional().describe('Original source.'),
  bucket: z.enum(BUCKETS).optional(),
});

export const leadPage = pageOf(
  z.strictObject({
    id: z.string(),
    seq: z.int(),
    stage: z.enum(STAGES),
    situation: z.string(),
    team,
    owner: z.string().nullable(),
    pool: z.string().nullable(),
    source: z.string().nullable(),
    campaign: z.string().nullable(),
    score: z.int().describe('When it was last written, in micro-points; `/score` reads it now.'),
    bucket: z.enum(BUCKETS).describe('By that score.'),
    ended: z.boolean(),
    capturedAt: timestamp,
    at: timestamp,
  }),
).meta({ id: 'LeadPage' });

const iso = timestamp;

const factValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const leadDetail = z
  .strictObject({
    lead: leadView,
    profile: z
      .strictObject({
        email: z.string().nullable(),
        name: z.string().nullable(),
        company: z.string().nullable(),
        phone: z.string().nullable(),
        title: z.string().nullable(),
        fields: z.record(z.string(), z.unknown()),
      })
      .nullable(),
    externalIds: z.array(z.strictObject({ source: z.string(), id: z.string() })),
    sources: z.strictObject({
      source: z.string().nullable(),
      campaign: z.string().nullable(),
      latestSource: z.string().nullable(),
      latestCampaign: z.string().nullable(),
    }),
    reviews: z.array(leadReview).describe('Those that it has been through, the newest first.'),
    capturedAt: iso,
    effective: z
      .record(z.string(), z.strictObject({ value: factValue, source: z.string() }))
      .describe(
        'Fields of which others than the lead say something: the value that counts, and who says so.',
      ),
    conflicts: z
      .array(
        z.strictObject({
          field: z.string(),
          values: z.array(z.strictObject({ source: z.string(), value: factValue, recordedAt: iso })),
        }),
      )
      .describe('Fields on which sources differ; the value that counts comes first.'),
    tasks: z.array(task).describe('Open ones; a rep sees own tasks and those of sales that are no rep’s.'),
    tracks: z.array(openTrack).describe('The tracks that it is in.'),
  })
  .meta({ id: 'Lead' });

export const pageQuery = z.strictObject(paging);

export const journeyPage = pageOf(
  z.strictObject({
    seq: z.int(),
    at: iso.describe('When it was decided.'),
    occurred: iso.nullable().describe('When it happened in the business.'),
    kind: z.string(),
    actor: z.strictObject({ kind: z.string(), id: z.string().nullable(), onBehalfOf: z.string().nullable() }),
    transitions: z.array(z.looseObject({ type: z.string() })),
    refusal: z.string().nullable(),
    suppressed: z.int().describe('Equal refusals since the row before that were counted, not journaled.'),
    policy: z.string(),
    hash: z.string().describe('SHA-256 over the hash of the row before and this row.'),
  }),
).meta({ id: 'JourneyPage' });

export const scoreQuery = z.strictObject({
  ...paging,
  at: instant
    .optional()
    .describe('The score at this instant; later than now: if nothing happens. Absent: now.'),
  as: z
    .enum(['known', 'occurred'])
    .optional()
    .describe(
      '`known` (default): what was known at `at`. `occurred`: what had happened by then, as is known now.',
    ),
});

const micro = z.int().describe('Micro-points: a point is 1,000,000.');
const reason = z.strictObject({
  rule: z.string(),
  group: z.string(),
  worth: micro.describe('What it does to the total, in micro-points: decayed, within caps, weighted.'),
});
const exampleValue = z.union([z.string(), z.number(), z.boolean()]);
const liftStep = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ask'),
    rule: z.string(),
    field: z.string(),
    answer: exampleValue.describe('An answer that would give the points.'),
  }),
  z.strictObject({ type: z.literal('confirm'), rule: z.string(), criterion: z.string() }),
  z.strictObject({
    type: z.literal('do'),
    rule: z.string(),
    events: z.array(z.strictObject({ event: z.string(), properties: z.record(z.string(), exampleValue) })),
  }),
]);

export const scoreAnswer = z
  .strictObject({
    at: iso,
    policy: z.string().describe('Hash of the policy that it is read under.'),
    version: z.int().describe('Number of the newest ledger entry that counts.'),
    total: micro,
    explicit: micro,
    implicit: micro,
    groups: z.record(z.string(), micro),
    failed: z.array(z.string()).describe('Must-haves that the lead fails: it is not handed off by itself.'),
    unknown: z.array(z.string()).describe('Must-haves whose field nobody knows yet.'),
    lastEventAt: iso.nullable().describe('When the lead last did something that gave points.'),
    reasons: z
      .strictObject({ up: z.array(reason), down: z.array(reason) })
      .describe('The rules that count most, each way.'),
    lift: z
      .strictObject({
        to: z.enum(['mql', 'advanced']),
        steps: z.array(liftStep),
        total: micro.describe('After all steps, in micro-points.'),
      })
      .nullable()
      .describe('The fewest steps that lift the lead to the next threshold now; null where nothing does.'),
    entries: z.array(
      z.strictObject({
        n: z.int(),
        rule: z.string(),
        group: z.string(),
        micro,
        occurred: iso,
        recorded: iso,
        cause: z.string(),
        reverses: z.int().nullable().describe('`n` of the entry that this one takes back.'),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'Score' });

export const routingPage = pageOf(
  z.strictObject({
    seq: z.int(),
    at: iso,
    pool: z.string(),
    poolSeq: z.int(),
    rep: z.string().nullable().describe('Null: nobody could take the lead.'),
    policy: z.string(),
    candidates: z
      .array(
        z.strictObject({
          rep: z.string(),
          position: z.string(),
          excludedBy: z.enum(['inactive', 'paused', 'at_cap', 'excluded', 'kept_for_queue']).nullable(),
          detail: z.string().nullable().describe('Such as `cap 20 of 20`.'),
        }),
      )
      .nullable()
      .describe('Null where the evidence was erased.'),
    ahead: z.int().nullable().describe('Leads before this one in the queue.'),
  }),
).meta({ id: 'RoutingPage' });
