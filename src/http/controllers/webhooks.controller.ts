import { Body, Controller, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Deliveries } from '../../deliveries/delivery-queries.js';
import type { Writes } from '../../idempotency/idempotency.js';
import type { Webhooks } from '../../webhooks/webhooks.js';
import { decodeCursor, page } from '../cursor.js';
import { CurrentWrite, type Write } from '../current-write.js';
import { Endpoint } from '../endpoint.js';
import { operationExamples as examples } from '../examples/operation.examples.js';
import { isoOf, isoOrNull } from '../iso.js';
import { limitOf } from '../schemas/common.js';
import {
  createdWebhook,
  deliveryPage,
  deliveryQuery,
  newWebhook,
  webhook,
  webhookChange,
  webhookList,
  webhookPath,
} from '../schemas/webhook.schemas.js';
import { Service } from '../service.js';

/** Where notifications go, and what became of them. */
@Controller()
export class WebhooksController {
  constructor(
    @Service('webhooks') private readonly webhooks: Webhooks,
    @Service('deliveries') private readonly deliveries: Deliveries,
    @Service('writes') private readonly writes: Writes,
  ) {}

  @Endpoint({
    method: 'get',
    path: '/v1/webhooks',
    access: 'admin',
    tag: 'delivery',
    summary: 'List webhooks',
    status: 200,
    answers: webhookList,
    example: { answer: { items: [examples.webhook] } },
  })
  async listWebhooks(): Promise<object> {
    return { items: await this.webhooks.list() };
  }

  @Endpoint({
    method: 'post',
    path: '/v1/webhooks',
    access: 'admin',
    tag: 'delivery',
    summary: 'Register a webhook',
    description: 'The secret is in this answer only; it verifies signatures (Standard Webhooks).',
    status: 201,
    answers: createdWebhook,
    example: { body: { url: examples.webhook.url }, answer: { ...examples.webhook, secret: 'whsec_…' } },
  })
  createWebhook(
    @Body({ schema: newWebhook }) { url }: z.output<typeof newWebhook>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.run(write, (tx) => this.webhooks.create(tx, url), { secret: true });
  }

  @Endpoint({
    method: 'patch',
    path: '/v1/webhooks/:id',
    access: 'admin',
    tag: 'delivery',
    summary: 'Change a webhook, or switch it off',
    status: 200,
    answers: webhook,
    example: { body: { active: false }, answer: { ...examples.webhook, active: false } },
  })
  changeWebhook(
    @Param({ schema: webhookPath }) { id }: z.output<typeof webhookPath>,
    @Body({ schema: webhookChange }) change: z.output<typeof webhookChange>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.run(write, (tx) => this.webhooks.change(tx, id, change));
  }

  @Endpoint({
    method: 'get',
    path: '/v1/deliveries',
    access: 'any_key',
    tag: 'delivery',
    summary: 'List notifications and what became of them',
    description: 'Newest first. `no_endpoint`: nobody had registered a webhook.',
    status: 200,
    answers: deliveryPage,
    example: { answer: { items: [examples.delivery], next: null } },
  })
  async listDeliveries(
    @Query({ schema: deliveryQuery }) query: z.output<typeof deliveryQuery>,
  ): Promise<object> {
    const limit = limitOf(query);
    const { lead = null, status = null } = query;
    const found = await this.deliveries.list({
      lead,
      status,
      after: placeOf(query.cursor),
      limit: limit + 1,
    });
    const { items, next } = page(found, limit, ({ createdAt, id }) => [createdAt, id]);
    return {
      items: items.map(({ recipientKind, recipient, createdAt, doneAt, ...line }) => ({
        ...line,
        recipient: { kind: recipientKind, id: recipient },
        createdAt: isoOf(createdAt),
        doneAt: isoOrNull(doneAt),
      })),
      next,
    };
  }
}

function placeOf(cursor: string | undefined): { readonly createdAt: number; readonly id: string } | null {
  if (cursor === undefined) return null;
  const [createdAt, id] = decodeCursor(cursor, ['number', 'string']);
  return { createdAt: Number(createdAt), id: String(id) };
}
