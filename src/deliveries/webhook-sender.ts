import { Webhook } from 'standardwebhooks';
import type { Clock } from '../clock.js';
import { z } from 'zod';
import { type Milliseconds, SECOND } from '../domain/time.js';

export interface WebhookMessage {
  /** The same for every attempt: by it the receiver knows a repeat. */
  readonly id: string;
  /** The same bytes for every attempt. */
  readonly body: string;
  readonly url: string;
  readonly secret: string;
}

/** Null when the receiver took it, else why not, in words without its answer. */
export type WebhookSender = (message: WebhookMessage) => Promise<string | null>;

const TIMEOUT = 10 * SECOND;

/**
 * Sends a message signed as Standard Webhooks ask (https://www.standardwebhooks.com): taken is any 2xx; a
 * redirect is a refusal. It sends to any address, private networks included: who may register an address is an
 * admin's decision until notifications get rules of their own.
 */
export function createWebhookSender({
  clock,
  timeout = TIMEOUT,
}: {
  readonly clock: Clock;
  readonly timeout?: Milliseconds;
}): WebhookSender {
  return async ({ id, body, url, secret }) => {
    const timestamp = new Date(clock.now());
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.timeout(timeout),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Baton',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1000)),
          'webhook-signature': new Webhook(secret).sign(id, timestamp, body),
        },
        body,
      });
      await response.body?.cancel();
      return response.ok ? null : `HTTP ${response.status}`;
    } catch (error) {
      return describe(error);
    }
  };
}

/** `fetch` hides the reason in the cause; codes such as ECONNREFUSED name no address. */
function describe(error: unknown): string {
  const { name, cause } = thrownSchema.parse(error);
  if (name === 'TimeoutError') return 'no answer in time';
  return cause?.code ?? 'could not be sent';
}

const thrownSchema = z
  .object({ name: z.string().optional(), cause: z.object({ code: z.string() }).optional().catch(undefined) })
  .catch({});
