import type { Task } from 'graphile-worker';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import { inTransaction } from '../db/transaction.js';
import { SYSTEM } from '../domain/journey/inputs.js';
import { storeFact } from '../leads/inbox-store.js';
import { addJob } from '../outbox/jobs.js';
import { beginAttempt, noteError, type PendingDelivery, settle } from './delivery-store.js';
import type { WebhookSender } from './webhook-sender.js';

export interface DeliverDeps {
  readonly dataSource: DataSource;
  readonly sender: WebhookSender;
  readonly clock: Clock;
}

/** With the queue's growing pauses this is half an hour. */
export const MOST_ATTEMPTS = 8;

const payloadSchema = z.object({ deliveryId: z.string() });

/** Sends one delivery; the queue repeats it after an error, until it is given up. */
export const createDeliverTask =
  ({ dataSource, sender, clock }: DeliverDeps): Task =>
  async (payload) => {
    const { deliveryId } = payloadSchema.parse(payload);
    const delivery = await beginAttempt(dataSource, deliveryId);
    if (delivery === null) return;
    const { id, url, secret, active, attempt } = delivery;
    const error = active ? await sender({ id, url, secret, body: bodyOf(delivery) }) : 'the webhook is off';
    if (error === null) {
      await settle(dataSource.manager, id, 'delivered', null, clock.now());
    } else if (attempt >= MOST_ATTEMPTS || !active) {
      await giveUp(dataSource, clock, delivery, error);
    } else {
      await noteError(dataSource, id, error);
      throw new Error(`delivery ${id}, attempt ${attempt} of ${MOST_ATTEMPTS}: ${error}`);
    }
  };

/** Ids and codes, and the text of a playbook, which names no person: who wants more asks the API. */
function bodyOf(delivery: PendingDelivery): string {
  const { id, leadId, seq, about, topic, recipientKind, recipient, createdAt, stage, level } = delivery;
  return JSON.stringify({
    id,
    // What a policy says to other systems has topics of its own.
    type: topic === null ? `lead.${about}` : `${about}.${topic}`,
    timestamp: new Date(createdAt).toISOString(),
    data: {
      lead: leadId,
      seq,
      recipient: { kind: recipientKind, id: recipient },
      stage,
      level,
      ...saidBy(delivery),
    },
  });
}

/** The playbook or track that has something told, and what. */
function saidBy({ about, rule, step, text }: PendingDelivery): object {
  if (rule === null) return {};
  return {
    [about]: rule,
    ...(step === null ? {} : { step }),
    ...(text === null ? {} : { text }),
  };
}

/**
 * Dead letter; the lead hears of it as a fact, unless the letter was about such a failure itself or a step of a track,
 * of which a receiver that is away would otherwise wake thousands.
 */
async function giveUp(
  dataSource: DataSource,
  clock: Clock,
  { id, leadId, about, part }: PendingDelivery,
  error: string,
): Promise<void> {
  const now = clock.now();
  await inTransaction(dataSource, async (manager) => {
    const settled = await settle(manager, id, 'dead', error, now);
    if (!settled || about === 'delivery_failed' || part !== '') return;
    await storeFact(manager, {
      leadId,
      inputId: `delivery_failed:${id}`,
      kind: 'delivery_failed',
      actor: SYSTEM,
      body: { delivery: id, about },
      occurred: now,
      receivedAt: now,
    });
    await addJob(manager, { name: 'ring', payload: { leadId, bell: 'fact' } });
  });
}
