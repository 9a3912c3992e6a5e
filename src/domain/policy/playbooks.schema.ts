import { z } from 'zod';
import { PLACES } from '../playbooks/places.js';
import { code, conditionSchema, duration } from './schema-parts.js';

const place = z.enum(PLACES);
const text = z.string().min(1).max(500).regex(/\S/, 'must not be blank');
/** Conditions on fields of the lead, by name; all must hold. */
const when = z.record(z.string().min(1).max(64), conditionSchema);

/** Tells somebody. `rep`: who owns the lead, without one the manager. */
const notifySchema = z.strictObject({ to: z.enum(['rep', 'manager', 'marketing', 'sales']), message: text });

export const taskSchema = z.strictObject({
  title: text,
  /** `owner`: whoever owns the lead, also after it has changed hands; without one its team. */
  for: z.enum(['owner', 'marketing', 'sales']),
  due: duration,
  /** What takes an open task away: the lead leaves the stage, its journey ends, or nothing but a person; absent: ended. */
  until: z.enum(['left', 'ended', 'done']).optional(),
});

/** Tells other systems, by a topic that they know. */
const webhookSchema = z.strictObject({ topic: code });

/** Exactly one of these. */
const stepActionSchema = z.strictObject({
  notify: notifySchema.optional(),
  task: taskSchema.optional(),
  webhook: webhookSchema.optional(),
});

/** A tag is a fact of the journey: it is set by the row that fires the playbook, so tracks have none. */
export const actionSchema = stepActionSchema.extend({
  tag: z
    .strictObject({ add: z.array(code).max(20).optional(), remove: z.array(code).max(20).optional() })
    .optional(),
});

/** Entering a stage, by any reason or by one of these. */
const entrySchema = z.strictObject({ stage: place, reason: z.array(code).min(1).max(50).optional() });

export const playbooksSchema = z
  .array(
    z.strictObject({
      id: code,
      on: entrySchema,
      when: when.optional(),
      do: z.array(actionSchema).min(1).max(10),
    }),
  )
  .max(50);

export const tracksSchema = z
  .array(
    z.strictObject({
      id: code,
      on: entrySchema,
      when: when.optional(),
      /** Stages whose entry ends it; absent: leaving the stage in which it began. */
      leaveOn: z.array(place).min(1).max(PLACES.length).optional(),
      /** `after`: since the step before was carried out, for the first since the lead entered. */
      steps: z
        .array(z.strictObject({ after: duration, do: z.array(stepActionSchema).min(1).max(10) }))
        .min(1)
        .max(50),
      /** How often the steps are gone through; absent: once. */
      rounds: z.number().int().min(1).max(1000).optional(),
      /** Whoever was in it before does not enter again. */
      once: z.boolean().optional(),
    }),
  )
  .max(50);

export type Playbook = z.infer<typeof playbooksSchema>[number];
export type Track = z.infer<typeof tracksSchema>[number];
export type Action = z.infer<typeof actionSchema>;
export type StepAction = z.infer<typeof stepActionSchema>;
export type TaskPolicy = z.infer<typeof taskSchema>;
