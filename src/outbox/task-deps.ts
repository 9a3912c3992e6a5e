import type { DataSource } from 'typeorm';
import type { Clock } from '../clock.js';
import type { WebhookSender } from '../deliveries/webhook-sender.js';
import type { JournalKey } from '../journal/chain.js';
import type { LeadGateway } from '../leads/lead-gateway.js';
import type { Log } from '../log.js';
import type { PolicyStore } from '../policies/policy-store.js';

/** What the outbox's tasks work with. */
export interface TaskDeps {
  readonly dataSource: DataSource;
  readonly gateway: Pick<LeadGateway, 'ring' | 'startMigration'>;
  readonly sender: WebhookSender;
  readonly clock: Clock;
  readonly log: Log;
  readonly journalKey: JournalKey;
  readonly policies: PolicyStore;
}
