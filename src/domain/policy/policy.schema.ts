import { z } from 'zod';
import { enrichmentSchema } from './enrichment.schema.js';
import { playbooksSchema, tracksSchema } from './playbooks.schema.js';
import { reviewSchema, targetsSchema } from './agreement.schema.js';
import { profilingSchema } from './profiling.schema.js';
import { qualificationSchema } from './qualification.schema.js';
import { code, conditionSchema, duration } from './schema-parts.js';
import { scoringSchema } from './scoring.schema.js';

/**
 * The marketing–sales agreement as a document. One zod schema is at once the validation, the TypeScript
 * type and the published JSON Schema. Its sections have files of their own.
 */

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

export const BYPASSES = ['threshold', 'review', 'cool_off', 'recycle_limit'] as const;

/** An event that hands a lead off at once, in a lane of its own. Disqualifiers still apply. */
export const triggerSchema = z.strictObject({
  id: code,
  event: code,
  where: z.record(z.string().min(1).max(64), conditionSchema).optional(),
  /** What does not hold it back: too low a score, a mismatch, the cool-off, too many recycles. */
  bypasses: z.array(z.enum(BYPASSES)).max(BYPASSES.length),
  /** Absent: the pool of the first hand-off. */
  pool: code.optional(),
  /** Absent: as hand-raisers have it. */
  mode: z.enum(['offer', 'assign']).optional(),
  /** Absent: the clock of hand-raisers. */
  firstResponse: clockSchema.optional(),
});

export const policySchema = z
  .strictObject({
    name: code,
    description: z.string().max(2000).optional(),
    scoring: scoringSchema,
    /** Event kinds by which a lead asks for sales: they bypass threshold, review, cool-off and recycle limit. */
    handRaisers: z.array(code).max(50),
    /** Other events that hand a lead off, each with what it bypasses and its own response time. */
    triggers: z.array(triggerSchema).max(50).optional(),
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
      /** Fit alone is enough where the explicit part reaches `scoring.thresholds.fitOnly`; absent: as by score. */
      fitOnly: z
        .strictObject({
          pool: code.optional(),
          mode: z.enum(['offer', 'assign']).optional(),
          firstResponse: clockSchema.optional(),
        })
        .optional(),
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
    qualification: qualificationSchema,
    profiling: profilingSchema.optional(),
    enrichment: enrichmentSchema.optional(),
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
    /** What else happens when a lead enters a stage. */
    playbooks: playbooksSchema.optional(),
    /** What goes on happening to a lead in a stage, step by step. */
    tracks: tracksSchema.optional(),
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
    targets: targetsSchema.optional(),
    /** How often the agreement itself is reviewed; absent: whenever somebody wants to. */
    review: reviewSchema.optional(),
  })
  .meta({ id: 'Policy', title: 'Baton policy' });

export type Policy = z.infer<typeof policySchema>;
export type TriggerPolicy = z.infer<typeof triggerSchema>;
export type ClockPolicy = z.infer<typeof clockSchema>;
export type ClockStep = z.infer<typeof clockStepSchema>;
