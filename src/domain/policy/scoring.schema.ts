import { z } from 'zod';
import { code, conditionSchema, duration, points, share } from './schema-parts.js';

export const scoreGroupSchema = z.strictObject({
  part: z.enum(['explicit', 'implicit']),
  /** The most that this group can add, and (negative groups) the most that it can take away, in points. */
  cap: z.number().int().min(1).max(1000),
  /** Points of this group lose half their worth in this time; absent: they keep it. */
  halfLife: duration.optional(),
});

export const fitRuleSchema = z.strictObject({
  id: code,
  group: code,
  field: z.string().min(1).max(64),
  when: conditionSchema,
  points,
});

export const eventRuleSchema = z.strictObject({
  id: code,
  group: code,
  event: code,
  where: z.record(z.string().min(1).max(64), conditionSchema).optional(),
  points,
});

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
});

export type ScoringPolicy = z.infer<typeof scoringSchema>;
