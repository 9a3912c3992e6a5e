import { z } from 'zod';
import { FRAMEWORK_NAMES } from '../qualification/frameworks.js';
import { code, share } from './schema-parts.js';

/** A question of one's own beside those of a framework. */
export const criterionSchema = z.strictObject({
  id: code,
  /** What the rep finds out. */
  question: z.string().min(1).max(300),
});

/** What sales asks before it calls a lead qualified. */
export const qualificationSchema = z.strictObject({
  /** A framework that the field knows: its criteria come first. */
  framework: z.enum(FRAMEWORK_NAMES).optional(),
  /** Own criteria: codes, or with the question that goes with them. */
  criteria: z.array(z.union([code, criterionSchema])).max(50),
  /** Criteria that must be confirmed before a lead is an SQL. */
  required: z.array(code).max(50),
  /** From which total on a lead is hot, and warm; absent: from `advanced` and from `mql` on. */
  buckets: z.strictObject({ hot: share, warm: share }).optional(),
});

export type QualificationPolicy = z.infer<typeof qualificationSchema>;
