import { z } from 'zod';
import { timestamp } from './common.js';

const micro = z.int().describe('Micro-points: a point is 1,000,000.');
const actor = z.strictObject({
  kind: z.string(),
  id: z.string().nullable(),
  onBehalfOf: z.string().nullable(),
});
const side = z.strictObject({
  score: micro,
  reasons: z
    .array(z.strictObject({ rule: z.string(), group: z.string(), worth: micro }))
    .describe('The rules that counted most, for and against; what each was worth of the total.'),
});

/** A review of a lead, with what spoke for and against it. */
export const leadReview = z
  .strictObject({
    seq: z.int().describe('Journal row that opened it.'),
    at: timestamp,
    reason: z.string(),
    reviewer: z.enum(['marketing', 'sales']),
    fit: side,
    engagement: side,
    resolution: z
      .strictObject({
        ...{ seq: z.int(), at: timestamp, decision: z.string() },
        by: z.enum(['person', 'default', 'event']).describe('`default`: nobody decided in time.'),
        actor,
      })
      .nullable(),
  })
  .meta({ id: 'LeadReview' });
