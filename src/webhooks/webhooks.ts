import { randomBytes, randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../clock.js';
import { WebhookEntity } from '../db/entities/webhook.entity.js';
import { NotFound } from '../faults.js';

/** A registered address without its secret. Instants are ISO 8601 in UTC. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly active: boolean;
  readonly createdAt: string;
}

export type Webhooks = ReturnType<typeof createWebhooks>;

/** Where notifications go: the addresses that other systems have registered. */
export function createWebhooks({ dataSource, clock }: { dataSource: DataSource; clock: Clock }) {
  return {
    async list(): Promise<readonly Webhook[]> {
      const found = await dataSource.manager.find(WebhookEntity, { order: { createdAt: 'ASC', id: 'ASC' } });
      return found.map(toWebhook);
    },

    /** Its secret is in this answer and never again. */
    async create(tx: EntityManager, url: string): Promise<Webhook & { readonly secret: string }> {
      const webhook = tx.create(WebhookEntity, {
        id: randomUUID(),
        url,
        secret: `whsec_${randomBytes(32).toString('base64')}`,
        active: true,
        createdAt: clock.now(),
      });
      await tx.insert(WebhookEntity, webhook);
      return { ...toWebhook(webhook), secret: webhook.secret };
    },

    async change(
      tx: EntityManager,
      id: string,
      change: { readonly url?: string | undefined; readonly active?: boolean | undefined },
    ): Promise<Webhook> {
      const webhook = await tx.findOneBy(WebhookEntity, { id });
      if (webhook === null) throw new NotFound(`there is no webhook ${id}`);
      webhook.url = change.url ?? webhook.url;
      webhook.active = change.active ?? webhook.active;
      return toWebhook(await tx.save(webhook));
    },
  };
}

const toWebhook = ({ id, url, active, createdAt }: WebhookEntity): Webhook => ({
  id,
  url,
  active,
  createdAt: new Date(createdAt).toISOString(),
});
