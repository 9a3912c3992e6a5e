import { Inject, type Provider } from '@nestjs/common';
import type { ApiKeys } from '../access/api-keys.js';
import type { Deliveries } from '../deliveries/delivery-queries.js';
import type { Writes } from '../idempotency/idempotency.js';
import type { Commands } from '../leads/commands.js';
import type { Imports } from '../imports/imports.js';
import type { Ingest } from '../leads/ingest.types.js';
import type { Enrichment } from '../leads/enrichment.js';
import type { ChecklistQueries } from '../leads/checklist-queries.js';
import type { JournalQueries } from '../leads/journal-queries.js';
import type { LeadQueries } from '../leads/lead-queries.js';
import type { ScoreQueries } from '../leads/score-queries.js';
import type { Policies } from '../policies/policies.js';
import type { PolicyMigrations } from '../policies/migration/migrations.js';
import type { Reviews } from '../policies/reviews.js';
import type { Pools } from '../pools/pools.js';
import type { Reports } from '../reports/funnel.js';
import type { Reps } from '../reps/reps.js';
import type { Tasks } from '../tasks/tasks.js';
import type { Webhooks } from '../webhooks/webhooks.js';

/** Everything the controllers may ask for, by name. */
export interface Services {
  readonly apiKeys: ApiKeys;
  readonly writes: Writes;
  readonly ingest: Ingest;
  readonly imports: Imports;
  readonly commands: Commands;
  readonly leads: LeadQueries;
  readonly journal: JournalQueries;
  readonly scores: ScoreQueries;
  readonly checklists: ChecklistQueries;
  readonly enrichment: Enrichment;
  readonly reps: Reps;
  readonly pools: Pools;
  readonly policies: Policies;
  readonly policyMigrations: PolicyMigrations;
  readonly reviews: Reviews;
  readonly reports: Reports;
  readonly tasks: Tasks;
  readonly deliveries: Deliveries;
  readonly webhooks: Webhooks;
  /** By name of what must be reachable; each throws or returns in a moment. */
  readonly readiness: Readonly<Record<string, () => Promise<void>>>;
}

const token = (name: string): string => `baton:${name}`;

/** Injects a service of that name. */
export const Service = (name: keyof Services): ParameterDecorator => Inject(token(name));

export const serviceProviders = (services: Services): Provider[] =>
  Object.entries(services).map(([name, value]) => ({ provide: token(name), useValue: value as unknown }));
