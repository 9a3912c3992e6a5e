import type { DataSource } from 'typeorm';
import type { Clock } from '../clock.js';
import type { WebhookSender } from '../deliveries/webhook-sender.js';
import type { LeadGateway } from '../leads/lead-gateway.js';
import type { Log } from '../log.js';

/** What the outbox's tasks work with. */
export interface TaskDeps {
  readonly dataSource: DataSource;
  readonly gateway: Pick<LeadGateway, 'ring'>;
  readonly sender: WebhookSender;
  readonly clock: Clock;
  readonly log: Log;
}
