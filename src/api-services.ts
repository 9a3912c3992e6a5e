import type { DataSource } from 'typeorm';
import { createApiKeys } from './access/api-keys.js';
import type { Clock } from './clock.js';
import { createDeliveries } from './deliveries/delivery-queries.js';
import type { Services } from './http/service.js';
import { createWrites } from './idempotency/idempotency.js';
import type { JournalKey } from './journal/chain.js';
import { createImports } from './imports/imports.js';
import { createApplyDirectly } from './leads/apply.js';
import { createChecklistQueries } from './leads/checklist-queries.js';
import { createCommands } from './leads/commands.js';
import { createEnrichment } from './leads/enrichment.js';
import { createIngest } from './leads/ingest.js';
import { createJournalQueries } from './leads/journal-queries.js';
import type { LeadGateway } from './leads/lead-gateway.js';
import { createLeadQueries } from './leads/lead-queries.js';
import { createScoreQueries } from './leads/score-queries.js';
import { createPolicyMigrations } from './policies/migration/migrations.js';
import { createPolicies } from './policies/policies.js';
import { createPolicyStore } from './policies/policy-store.js';
import { createReviews } from './policies/reviews.js';
import { createPools } from './pools/pools.js';
import { createReports } from './reports/funnel.js';
import { createReps } from './reps/reps.js';
import { createTaskService } from './tasks/tasks.js';
import { createWebhooks } from './webhooks/webhooks.js';

export interface ApiServicesOptions {
  /** With at least two connections. */
  readonly dataSource: DataSource;
  readonly poolSize: number;
  readonly clock: Clock;
  readonly journalKey: JournalKey;
  readonly gateway: Pick<LeadGateway, 'command'>;
  /** Returns when Temporal answers. */
  readonly pingTemporal: () => Promise<void>;
}

/** Wires the services of the API process, by hand and in one place. */
export function createApiServices(options: ApiServicesOptions): Services {
  const { dataSource, clock, journalKey, gateway, poolSize, pingTemporal } = options;
  const policies = createPolicyStore(journalKey);
  const deps = { dataSource, clock, journalKey, policies };
  const ingest = createIngest(deps);
  return {
    apiKeys: createApiKeys(deps),
    writes: createWrites({ dataSource, clock, poolSize }),
    ingest,
    imports: createImports(deps),
    commands: createCommands({ dataSource, gateway, applyDirectly: createApplyDirectly(deps), clock }),
    leads: createLeadQueries(deps),
    journal: createJournalQueries(deps),
    scores: createScoreQueries(deps),
    checklists: createChecklistQueries(deps),
    enrichment: createEnrichment({ ...deps, ingest }),
    reps: createReps(deps),
    pools: createPools(deps),
    policyMigrations: createPolicyMigrations(deps),
    policies: createPolicies({ dataSource, clock, store: policies, journalKey }),
    reviews: createReviews(deps),
    reports: createReports(deps),
    tasks: createTaskService(deps),
    deliveries: createDeliveries(deps),
    webhooks: createWebhooks(deps),
    readiness: {
      database: async () => {
        await dataSource.query('select 1');
      },
      temporal: pingTemporal,
    },
  };
}
