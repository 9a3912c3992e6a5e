import { z } from 'zod';
import { code, id, instant, originName } from './common.js';

/** Leads and events as they come in. */

const longText = z.string().max(500).nullable();
export const sourceSystem = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/, 'lower-case letters, digits, "_", "." and "-", at most 64');
const externalId = z.strictObject({ source: sourceSystem, id: z.string().min(1).max(500) });
const email = z.email().max(254);
const value = z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]);
export const values = z
  .record(z.string().min(1).max(64), value)
  .refine((fields) => Object.keys(fields).length <= 200, 'at most 200 properties');

const happening = {
  source: sourceSystem.describe('The system that the event comes from.'),
  id: z.string().min(1).max(200).describe('Its id there: a repeat of source and id is a no-op.'),
  kind: code,
  occurredAt: instant.optional().describe('When it happened; absent: now.'),
  properties: values.default({}),
};

const externalIds = z.array(externalId).max(20).optional();
const leadKeys = z
  .strictObject({ id: id.optional(), externalIds, email: email.optional() })
  .refine(
    (keys) => keys.id !== undefined || keys.email !== undefined || (keys.externalIds ?? []).length > 0,
    'name the lead by id, externalIds or email',
  );

const details = {
  name: longText.optional(),
  company: longText.optional(),
  phone: z.string().max(100).nullable().optional(),
  title: longText.optional(),
  fields: values.optional().describe('Further fields; null removes one.'),
  source: originName.nullable().optional(),
  campaign: originName.nullable().optional(),
  events: z
    .array(z.strictObject(happening))
    .max(100)
    .optional()
    .describe('What the lead did, in the same request.'),
};

export const newLead = z
  .strictObject({ externalIds, email: email.optional(), ...details, occurredAt: instant.optional() })
  .refine(({ email: mail, externalIds: ids }) => mail !== undefined || (ids ?? []).length > 0, {
    error: 'name the lead by externalIds or email',
  })
  .meta({ id: 'NewLead' });

export const leadChange = z
  .strictObject({ externalIds, email: email.optional(), ...details })
  .meta({ id: 'LeadChange' });

export const capturedLead = z
  .strictObject({
    id: z.string(),
    status: z.enum(['created', 'updated']),
    stage: z.string(),
    situation: z.string(),
  })
  .meta({ id: 'CapturedLead' });

const account = z.strictObject({
  domain: z.string().min(1).max(253).describe('Of the company, not of a provider of mail for anybody.'),
});

export const newEvent = z
  .strictObject({
    lead: leadKeys.optional(),
    account: account
      .optional()
      .describe(
        'Instead of a lead, for intent: what somebody at this company looks for elsewhere, with its `topic` among the properties.',
      ),
    ...happening,
  })
  .refine(({ lead, account: company }) => (lead === undefined) !== (company === undefined), {
    error: 'name either the lead or the account',
  })
  .meta({ id: 'NewEvent' });

export const recordedEvent = z
  .strictObject({
    lead: z.string().nullable().describe('Null for an event of an account.'),
    status: z.enum(['recorded', 'duplicate']),
  })
  .meta({ id: 'RecordedEvent' });

/** Rows are checked one by one: a faulty one is reported and does not stop the others. */
export const eventBatch = z
  .strictObject({
    events: z
      .array(z.unknown().meta({ $ref: '#/components/schemas/NewEvent' }))
      .min(1)
      .max(1_000),
  })
  .meta({ id: 'EventBatch' });

export const batchReport = z
  .strictObject({
    recorded: z.int(),
    duplicates: z.int(),
    faults: z.int(),
    results: z.array(
      z.strictObject({
        index: z.int(),
        status: z.enum(['recorded', 'duplicate', 'fault']),
        lead: z.string().nullable(),
        errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
      }),
    ),
  })
  .meta({ id: 'BatchReport' });
