import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { ApiKeysController } from './controllers/api-keys.controller.js';
import { CaptureController } from './controllers/capture.controller.js';
import { CommandsController } from './controllers/commands.controller.js';
import { EnrichmentController } from './controllers/enrichment.controller.js';
import { EventsController } from './controllers/events.controller.js';
import { HealthController } from './controllers/health.controller.js';
import { ImportsController } from './controllers/imports.controller.js';
import { LeadsController } from './controllers/leads.controller.js';
import { PoliciesController } from './controllers/policies.controller.js';
import { PolicyMigrationsController } from './controllers/policy-migrations.controller.js';
import { PolicyStepsController } from './controllers/policy-steps.controller.js';
import { PoolsController } from './controllers/pools.controller.js';
import { ReviewsController } from './controllers/reviews.controller.js';
import { ReportsController } from './controllers/reports.controller.js';
import { RepsController } from './controllers/reps.controller.js';
import { TasksController } from './controllers/tasks.controller.js';
import { WebhooksController } from './controllers/webhooks.controller.js';
import { type Services, serviceProviders } from './service.js';

/** Every controller: what is not in this list is no route, and not in the API's documentation. */
export const CONTROLLERS: readonly Type[] = [
  LeadsController,
  CaptureController,
  // Before the commands, which answer for whatever else is posted to a lead.
  EnrichmentController,
  CommandsController,
  EventsController,
  ImportsController,
  TasksController,
  RepsController,
  PoolsController,
  PoliciesController,
  PolicyMigrationsController,
  PolicyStepsController,
  ReviewsController,
  ReportsController,
  WebhooksController,
  ApiKeysController,
  HealthController,
];

/** The services are made outside of Nest, by plain factories: the module only hands them out. */
@Module({})
export class AppModule {
  static with(services: Services): DynamicModule {
    return { module: AppModule, controllers: [...CONTROLLERS], providers: serviceProviders(services) };
  }
}
