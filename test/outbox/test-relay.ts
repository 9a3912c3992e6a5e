import { afterAll } from '@jest/globals';
import { createWebhookSender, type WebhookSender } from '../../src/deliveries/webhook-sender.js';
import type { LeadGateway } from '../../src/leads/lead-gateway.js';
import { SILENT } from '../../src/log.js';
import { createRelay, type Relay } from '../../src/outbox/relay.js';
import { createTasks } from '../../src/outbox/tasks.js';
import { TEST_KEY, type World } from '../db/world.js';

export interface TestRelayOptions {
  readonly world: () => World;
  readonly gateway: () => Pick<LeadGateway, 'ring'> & Partial<Pick<LeadGateway, 'startMigration'>>;
  readonly sender?: WebhookSender;
}

/** The relay over a world's outbox; call it before `useWorld`, so that it closes first. */
export function useRelay({ world, gateway, sender }: TestRelayOptions): () => Relay {
  let relay: Relay | undefined;
  afterAll(() => relay?.stop());
  return () => {
    if (relay !== undefined) return relay;
    const { dataSource, clock } = world();
    const { options } = dataSource;
    if (options.type !== 'postgres' || options.url === undefined) throw new Error('no database URL');
    const deps = {
      dataSource,
      clock,
      gateway: {
        startMigration: () => Promise.reject(new Error('no migration is expected here')),
        ...gateway(),
      },
      sender: sender ?? createWebhookSender({ clock }),
      log: SILENT,
      journalKey: TEST_KEY,
      policies: world().policies,
    };
    relay = createRelay({ databaseUrl: options.url, tasks: createTasks(deps), clock, log: SILENT });
    return relay;
  };
}
