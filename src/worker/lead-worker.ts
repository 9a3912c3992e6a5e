import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createLeadActivities, type LeadActivityDeps } from '../../activities/lead.activities.js';
import {
  createMigrationActivities,
  type MigrationActivityDeps,
} from '../../activities/policy-migration.activities.js';
import type { Config } from '../config.js';
import { isPassing } from '../db/passing.js';

/** The part of the configuration that says where and as what a worker works. */
export type WorkerConfig = Pick<Config, 'temporal' | 'maxCachedWorkflows' | 'databasePoolSize'>;

/** `dist/workflow-bundle.js`, made by the build; without it the workflows are bundled at the start. */
const BUNDLE = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));
/** `.js` beside compiled code, `.ts` where sources run as they are. */
const WORKFLOWS = fileURLToPath(new URL(`../../workflows/index${extension()}`, import.meta.url));

function extension(): string {
  return import.meta.url.endsWith('.ts') ? '.ts' : '.js';
}

const workflows = (): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> =>
  existsSync(BUNDLE) ? { workflowBundle: { codePath: BUNDLE } } : { workflowsPath: WORKFLOWS };

/** How a worker of this configuration works, whatever its workflows are. */
export const workerSettings = ({ temporal, maxCachedWorkflows, databasePoolSize }: WorkerConfig) =>
  ({
    namespace: temporal.namespace,
    taskQueue: temporal.taskQueue,
    maxCachedWorkflows,
    workflowTaskPollerBehavior: { type: 'autoscaling' },
    enableNonLocalActivities: false,
    // A task that waits for a database connection here would time out; the server keeps it as long as it takes.
    maxConcurrentWorkflowTaskExecutions: Math.max(2, databasePoolSize),
    maxConcurrentLocalActivityExecutions: databasePoolSize,
    shutdownGraceTime: '5 s',
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName: temporal.deploymentName, buildId: temporal.buildId },
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  }) satisfies WorkerOptions;

/** The worker for the workflows of leads. A new version takes over the open leads of older ones. */
export function createLeadWorker(
  config: WorkerConfig,
  connection: NativeConnection,
  deps: Omit<LeadActivityDeps, 'isPassing'> & MigrationActivityDeps,
): Promise<Worker> {
  return Worker.create({
    ...workerSettings(config),
    connection,
    ...workflows(),
    activities: { ...createLeadActivities({ ...deps, isPassing }), ...createMigrationActivities(deps) },
  });
}

/** Makes this build the current one of its deployment: until then the server gives it no task. */
export async function becomeCurrent(client: Client, { temporal }: WorkerConfig): Promise<void> {
  const { namespace, deploymentName, buildId } = temporal;
  await client.withDeadline(Date.now() + 5_000, () =>
    client.workflowService.setWorkerDeploymentCurrentVersion({
      namespace,
      deploymentName,
      buildId,
      identity: `baton-worker-${process.pid}`,
      ignoreMissingTaskQueues: true,
      allowNoPollers: true,
    }),
  );
}
