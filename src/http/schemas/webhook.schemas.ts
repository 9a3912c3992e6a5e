import { z } from 'zod';
import { id, pageOf, paging, timestamp } from './common.js';

const url = z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(2_000);

export const newWebhook = z.strictObject({ url }).meta({ id: 'NewWebhook' });
export const webhookChange = z
  .strictObject({ url: url.optional(), active: z.boolean().optional() })
  .meta({ id: 'WebhookChange' });

export const webhook = z
  .strictObject({ id: z.string(), url: z.string(), active: z.boolean(), createdAt: timestamp })
  .meta({ id: 'Webhook' });

export const createdWebhook = webhook
  .extend({
    secret: z.string().describe('Verifies signatures (Standard Webhooks); shown in this answer only.'),
  })
  .meta({ id: 'CreatedWebhook' });

export const webhookList = z.strictObject({ items: z.array(webhook) }).meta({ id: 'WebhookList' });
export const webhookPath = z.strictObject({ id: z.uuid() });

export const deliveryQuery = z.strictObject({
  ...paging,
  lead: id.optional(),
  status: z.enum(['pending', 'delivered', 'dead', 'no_endpoint']).optional(),
});

export const deliveryPage = pageOf(
  z.strictObject({
    id: z.string(),
    lead: z.string(),
    seq: z.int().describe('The journal row that caused it.'),
    about: z.string(),
    rule: z.string().nullable().describe('The playbook or track that says it; null: Baton itself.'),
    step: z.int().nullable().describe('Number of the step of the track, from 1.'),
    topic: z.string().nullable().describe('For other systems: what a playbook or track tells them.'),
    text: z.string().nullable().describe('For people: what a playbook or track tells them.'),
    recipient: z.strictObject({ kind: z.string(), id: z.string().nullable() }),
    webhook: z.string().nullable(),
    status: z.string(),
    attempts: z.int(),
    lastError: z.string().nullable(),
    createdAt: timestamp,
    doneAt: timestamp.nullable(),
  }),
).meta({ id: 'DeliveryPage' });
