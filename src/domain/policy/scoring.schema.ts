import { z } from 'zod';
import { code, conditionSchema, duration, points, share } from './schema-parts.js';

const name = z.string().min(1).max(64);
const where = z.record(name, conditionSchema);

export const scoreGroupSchema = z.strictObject({
  part: z.enum(['explicit', 'implicit']),
  /** The most that this group can add, and (negative groups) the most that it can take away, in points. */
  cap: z.number().int().min(1).max(1000),
  /** Points of this group lose half their worth in this time; absent: they keep it. */
  halfLife: duration.optional(),
  /** Only so much of it counts, in percent, as the lead's explicit part has points: for intent. */
  scaledByFit: z.boolean().optional(),
});

export const fitRuleSchema = z.strictObject({
  id: code,
  group: code,
  /** A field of the lead, or one that each has: `source`, `latest_source`, `campaign`, `email_domain`, `title`, … */
  field: name,
  when: conditionSchema,
  points,
});

/** Points for each whole `per` that a property has, for at most so many. */
export const magnitudeSchema = z.strictObject({
  property: name,
  per: z
    .number()
    .positive()
    .max(1_000_000)
    .refine((value) => Number(value.toFixed(6)) === value, 'at most six decimals'),
  most: z.number().int().min(1).max(1000),
});

export const eventRuleSchema = z.strictObject({
  id: code,
  group: code,
  event: code,
  where: where.optional(),
  points,
  magnitude: magnitudeSchema.optional(),
  /** One award in each UTC window of this length, counted from 1970: the one with the most points, then the earliest. */
  coolDown: duration.optional(),
  /** One award in each UTC window of length `within`: at the earliest event with so many less than `within` ago. */
  count: z.strictObject({ atLeast: z.number().int().min(2).max(100), within: duration }).optional(),
});

/** Events one after another, all of them less than `within` apart; one award in each UTC window of that length. */
export const sequenceSchema = z.strictObject({
  id: code,
  group: code,
  steps: z
    .array(z.strictObject({ event: code, where: where.optional() }))
    .min(2)
    .max(10),
  within: duration,
  points,
});

/** Points for what sales found out about a criterion of the qualification. */
export const criterionRuleSchema = z.strictObject({
  id: code,
  group: code,
  criterion: code,
  /** `confirmed` if absent. */
  answer: z.enum(['confirmed', 'lost']).optional(),
  points,
});

/**
 * Points for each lead of an account that looks for something elsewhere: one award in each UTC window in which its
 * signals are a surge.
 */
export const intentRuleSchema = z.strictObject({
  id: code,
  group: code,
  event: code,
  /** In the signal's property `topic`; absent: all. */
  topics: z.array(z.string().min(1).max(200)).min(1).max(100).optional(),
  window: duration,
  /** What came so long before the window tells what is usual; older windows stay as they were scored. */
  baseline: duration,
  surge: z.strictObject({
    atLeast: z.number().int().min(1).max(10_000),
    /** Times what a window of the baseline has on average; absent: only `atLeast` counts. */
    ratio: z
      .number()
      .min(1)
      .max(100)
      .refine((value) => Number(value.toFixed(2)) === value, 'at most two decimals')
      .optional(),
  }),
  points,
});

/** What a lead must be to be handed off. Failed: it is not. Unknown: it is asked for, and holds nothing back. */
export const mustHaveSchema = z.strictObject({ id: code, field: name, when: conditionSchema });

export const scoringSchema = z.strictObject({
  weights: z.strictObject({ explicit: share, implicit: share }),
  thresholds: z.strictObject({
    /** Total at which an inquiry becomes an early MQL, and below which an early MQL is demoted. */
    mql: share,
    mqlDemotion: share,
    /** Total, fit and engagement that together make an advanced MQL; below `advancedDemotion` it is early again. */
    advanced: share,
    advancedDemotion: share,
    minFit: share,
    minEngagement: share,
    /** Explicit part at which a lead is handed off on fit alone; absent: never. */
    fitOnly: share.optional(),
    /** Total at which a lead that sales has accepted is an SQL by its score; absent: never. */
    sql: share.optional(),
  }),
  /** Strong on one part while weak on the other goes to review; absent: never. */
  mismatch: z.strictObject({ strong: share, weak: share }).optional(),
  groups: z.record(code, scoreGroupSchema),
  fit: z.array(fitRuleSchema).max(500),
  events: z.array(eventRuleSchema).max(500),
  sequences: z.array(sequenceSchema).max(100).optional(),
  criteria: z.array(criterionRuleSchema).max(100).optional(),
  intent: z.array(intentRuleSchema).max(50).optional(),
  mustHaves: z.array(mustHaveSchema).max(20).optional(),
});

export type ScoringPolicy = z.infer<typeof scoringSchema>;
export type EventRule = z.infer<typeof eventRuleSchema>;
export type SequenceRule = z.infer<typeof sequenceSchema>;
export type IntentRule = z.infer<typeof intentRuleSchema>;
export type MustHave = z.infer<typeof mustHaveSchema>;
export type Magnitude = z.infer<typeof magnitudeSchema>;
