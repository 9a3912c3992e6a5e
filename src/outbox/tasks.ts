import type { JobHelpers, Task } from 'graphile-worker';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import { createDeliverTask } from '../deliveries/deliver.task.js';
import { SECOND } from '../domain/time.js';
import { createEnrichTask } from '../enrichment/enrich.task.js';
import { createImportStep } from '../imports/import.task.js';
import { createStepTask } from '../playbooks/step.task.js';
import { createIntentLooks } from '../leads/intent.js';
import { LeadsUnavailable } from '../leads/lead-gateway.js';
import { leadsToWake } from '../leads/pool-queue-store.js';
import { inParallel } from './in-parallel.js';
import { addJob, jobKey, type Job, type JobName } from './jobs.js';
import { hasSomethingToDo } from './left-undone.js';
import { createSweep } from './sweep.task.js';
import type { TaskDeps } from './task-deps.js';

/** A wake-up rings no more than this many leads; each of them passes it on. */
const RINGS_PER_WAKE = 100;
/** While leads are unavailable a ring is tried this often; the queue's own pauses grow to hours. */
const RING_AGAIN = 5 * SECOND;

const ringPayload = z.object({ leadId: z.string(), bell: z.enum(['fact', 'score', 'pool']) });
const importPayload = z.object({ importId: z.string() });
const migrationPayload = z.object({ migrationId: z.string() });
const accountPayload = z.object({ account: z.string(), after: z.string().nullable() });
const leadPayload = z.object({ leadId: z.string() });
const wakePayload = z.object({ poolId: z.string() });

/** One task per job name. All of them may run twice: what they do is known by id. */
export function createTasks(deps: TaskDeps): Record<JobName, Task> {
  const { dataSource, gateway, clock } = deps;
  const intent = createIntentLooks(deps);
  const importNext = createImportStep(deps);

  const ring: Task = async (payload, helpers) => {
    const { leadId, bell } = ringPayload.parse(payload);
    if (!(await hasSomethingToDo(dataSource, leadId))) return;
    await laterIfUnavailable({ name: 'ring', payload: { leadId, bell } }, clock, helpers, () =>
      gateway.ring(leadId, bell),
    );
  };

  /** Holds no lock: each lead that is rung decides for itself, under the pool's lock, whether it takes a slot. */
  const wakePool: Task = async (payload, helpers) => {
    const { poolId } = wakePayload.parse(payload);
    const leads = await leadsToWake(dataSource.manager, poolId, clock.now());
    await laterIfUnavailable({ name: 'pool.wake', payload: { poolId } }, clock, helpers, () =>
      inParallel(leads.slice(0, RINGS_PER_WAKE), (leadId) => gateway.ring(leadId, 'pool')),
    );
  };

  const migrate: Task = async (payload, helpers) => {
    const { migrationId } = migrationPayload.parse(payload);
    await laterIfUnavailable({ name: 'policy.migrate', payload: { migrationId } }, clock, helpers, () =>
      gateway.startMigration(migrationId),
    );
  };

  /** A few leads at a time: what is left is another job. */
  const lookAtAccount: Task = async (payload) => {
    const { account, after } = accountPayload.parse(payload);
    const last = await intent.account(account, after);
    if (last === null) return;
    await addJob(dataSource.manager, { name: 'intent.account', payload: { account, after: last } });
  };

  return {
    ring,
    'pool.wake': wakePool,
    deliver: createDeliverTask(deps),
    'track.step': createStepTask(deps),
    'intent.account': lookAtAccount,
    'intent.lead': (payload) => intent.lead(leadPayload.parse(payload).leadId),
    import: async (payload) => importNext(importPayload.parse(payload).importId),
    enrich: createEnrichTask(deps),
    'policy.migrate': migrate,
    sweep: createSweep(deps),
  };
}

async function laterIfUnavailable(
  job: Job,
  clock: Clock,
  helpers: JobHelpers,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof LeadsUnavailable)) throw error;
    await helpers.addJob(job.name, job.payload, {
      jobKey: jobKey(job),
      runAt: new Date(clock.now() + RING_AGAIN),
    });
  }
}
