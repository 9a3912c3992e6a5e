import { z } from 'zod';
import { DURATION_PATTERN } from '../time.js';

/**
 * The marketing–sales agreement as a document. One zod schema is at once the validation, the TypeScript
 * type and the published JSON Schema.
 */

const code = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]{0,63}$/,
    'lower-case letters, digits, "_" and "-", starting with a letter, at most 64',
  );
const duration = z.string().regex(DURATION_PATTERN, 'a whole number and a unit, such as "15 minutes"');
const share = z.number().int().min(0).max(100);
/** Not `multipleOf`: plain JSON Schema validators divide in floating point and refuse points such as 0.1. */
const points = z
  .number()
  .min(-1000)
  .max(1000)
  .refine((value) => Number(value.toFixed(6)) === value, 'points have at most six decimals');

/** A condition on one value; every part that is given must hold. An unknown value fulfils only `present: false`. */
export const conditionSchema = z.strictObject({
  in: z.array(z.string().max(200)).min(1).max(1000).optional(),
  notIn: z.array(z.string().max(200)).min(1).max(1000).optional(),
  atLeast: z.number().optional(),
  below: z.number().optional(),
  contains: z.string().min(1).max(200).optional(),
  present: z.boolean().optional(),
});

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
  }),
  /** Strong on one part while weak on the other goes to review; absent: never. */
  mismatch: z.strictObject({ strong: share, weak: share }).optional(),
  groups: z.record(code, scoreGroupSchema),
  fit: z.array(fitRuleSchema).max(500),
  events: z.array(eventRuleSchema).max(500),
});

export const clockStepSchema = z.strictObject({
  /** Percent of the clock's length. */
  at: z.number().int().min(1).max(100),
  do: z.enum(['remind', 'alert_manager', 'reassign', 'escalate', 'recycle']),
});

export const clockSchema = z.strictObject({
  after: duration,
  steps: z.array(clockStepSchema).min(1).max(10),
});

export const handOffSchema = z.strictObject({
  pool: code,
  /** `offer`: the rep must accept; `assign`: the lead is the rep's at once. */
  mode: z.enum(['offer', 'assign']),
  handRaiserMode: z.enum(['offer', 'assign']).optional(),
  /** Offers before the hand-off is escalated. */
  attempts: z.number().int().min(1).max(50),
});

export const policySchema = z
  .strictObject({
    name: code,
    description: z.string().max(2000).optional(),
    scoring: scoringSchema,
    /** Event kinds by which a lead asks for sales: they bypass threshold, review, cool-off and recycle limit. */
    handRaisers: z.array(code).max(50),
    disqualifiers: z
      .array(
        z.strictObject({ id: code, field: z.string().min(1).max(64), when: conditionSchema, reason: code }),
      )
      .max(100),
    handOffs: z.strictObject({
      sdr: handOffSchema.extend({
        /** Whether an advanced MQL is handed off by itself; false: only by hand or by a hand-raiser. */
        automatic: z.boolean(),
      }),
      /** The second hand-off, SDR to account executive; absent: the SDR keeps the lead. */
      ae: handOffSchema.optional(),
      byHand: z.strictObject({ roles: z.array(code).min(1), pools: z.array(code).min(1) }),
    }),
    clocks: z.strictObject({
      /** Runs for each offer. */
      acceptance: clockSchema,
      /** Runs from the start of the hand-off to the first response and never restarts. */
      firstResponse: clockSchema,
      firstResponseHandRaiser: clockSchema,
      /** An escalated hand-off that nobody picks up goes to review after this. */
      escalation: duration,
      /** Sales activity that is missing for this long sends the lead back. */
      salesInactivity: clockSchema,
      /** An MQL without a hand-off whose lead does nothing for this long is demoted. */
      leadInactivity: duration,
      review: duration,
    }),
    nurture: z.strictObject({ coolOff: duration, recycleLimit: z.number().int().min(1).max(100) }),
    /** What becomes of a lead whose review nobody decides in time. */
    reviewDefault: z.enum(['nurture', 'disqualify', 'return']),
    qualification: z.strictObject({
      criteria: z.array(code).max(50),
      required: z.array(code).max(50),
    }),
    reasons: z.strictObject({
      decline: z.array(code).min(1),
      reject: z.record(
        code,
        z.strictObject({ to: z.enum(['nurture', 'disqualified']), recycleAfter: duration.optional() }),
      ),
      lost: z.record(
        code,
        z.strictObject({ outcome: z.enum(['recyclable', 'final']), recycleAfter: duration.optional() }),
      ),
      recycle: z.array(code).min(1),
      disqualify: z.array(code).min(1),
    }),
    stages: z
      .record(
        z.string(),
        z.strictObject({
          definition: z.string(),
          team: z.enum(['marketing', 'sales']).optional(),
          entry: z.string().optional(),
          exit: z.string().optional(),
          next: z.string().optional(),
          success: z.string().optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Policy', title: 'Baton policy' });

export type Policy = z.infer<typeof policySchema>;
export type ScoringPolicy = Policy['scoring'];
export type Condition = z.infer<typeof conditionSchema>;
export type ClockPolicy = z.infer<typeof clockSchema>;
export type ClockStep = z.infer<typeof clockStepSchema>;
