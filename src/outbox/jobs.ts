import type { EntityManager } from 'typeorm';
import { instantParam } from '../db/column-types.js';
import { prepared } from '../db/prepared.js';
import type { Instant } from '../domain/time.js';

/** Nobody waits for these: they go behind what happens now. */
export const PRIORITY = { track: 5, import: 5, migration: 5, start: 10 } as const;

export type Bell = 'fact' | 'score' | 'pool';

/** Every job and its payload: ids only. */
export interface JobPayloads {
  /** Rings the workflow of a lead. Pokes of one kind coalesce while they wait. */
  ring: { readonly leadId: string; readonly bell: Bell };
  /** Looks who in the pool's queue may take a slot, and rings those leads. */
  'pool.wake': { readonly poolId: string };
  /** Sends one delivery. */
  deliver: { readonly deliveryId: string };
  /** Carries out the next step of a track for a lead that is in it. */
  'track.step': { readonly leadId: string; readonly track: string; readonly seq: number };
  /** Looks at leads of an account, those after `after`, because of what the account looks for. */
  'intent.account': { readonly account: string; readonly after: string | null };
  /** The same for a lead whose account has changed. */
  'intent.lead': { readonly leadId: string };
  /** Works on the next leads of an import. */
  import: { readonly importId: string };
  /** Finds out what a lead's address and telephone tell, as they were changed at that instant. */
  enrich: { readonly leadId: string; readonly at: Instant };
  /** Starts the workflow of a policy migration. */
  'policy.migrate': { readonly migrationId: string };
  /** Finds what was left undone; started by cron. */
  sweep: Readonly<Record<string, never>>;
}
export type JobName = keyof JobPayloads;

/** One job to add. */
export type Job = {
  readonly [N in JobName]: {
    readonly name: N;
    readonly payload: JobPayloads[N];
    /** Not before this instant; absent: at once. */
    readonly runAt?: Instant;
    /** Of the jobs that are due those with the smaller number go first; absent: 0. */
    readonly priority?: number;
  };
}[JobName];

/** The next step of an import. */
export const importJob = (importId: string): Job => ({
  name: 'import',
  payload: { importId },
  priority: PRIORITY.import,
});

/** Jobs with the same key coalesce while they wait; one that is running does not swallow a new one. */
export function jobKey(job: Job): string {
  switch (job.name) {
    case 'ring':
      return `ring:${job.payload.bell}:${job.payload.leadId}`;
    case 'pool.wake':
      return `pool.wake:${job.payload.poolId}`;
    case 'deliver':
      return `deliver:${job.payload.deliveryId}`;
    case 'track.step':
      return `track.step:${job.payload.leadId}:${job.payload.track}:${job.payload.seq}`;
    case 'intent.account':
      return `intent.account:${job.payload.account}:${job.payload.after ?? ''}`;
    case 'intent.lead':
      return `intent.lead:${job.payload.leadId}`;
    case 'import':
      return `import:${job.payload.importId}`;
    case 'policy.migrate':
      return `policy.migrate:${job.payload.migrationId}`;
    case 'enrich':
      return `enrich:${job.payload.leadId}`;
    case 'sweep':
      return 'sweep';
  }
}

/** Keys that transactions without a lock in common may add at once. */
const isShared = ({ name }: Job): boolean => name === 'pool.wake' || name === 'intent.account';

/**
 * Adds jobs in the caller's transaction, in key order: two transactions that add the same keys wait for each
 * other instead of dead-locking. Add them last, when every other lock is held.
 */
export async function addJobs(manager: EntityManager, jobs: readonly Job[]): Promise<void> {
  if (jobs.length === 0) return;
  const byKey = new Map(jobs.map((job) => [jobKey(job), job]));
  const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1));
  // The queue takes the jobs of one call in an order of its own.
  await prepared(
    manager,
    `select 1
       from (select call, array_agg(row(name, payload, null, run_at, null, key, priority, null)
                                      ::graphile_worker.job_spec) as jobs
               from unnest($1::int[], $2::text[], $3::json[], $4::timestamptz[], $5::text[], $6::int[])
                    as j (call, name, payload, run_at, key, priority)
              group by call order by call) calls
      cross join lateral graphile_worker.add_jobs(calls.jobs)`,
    [
      sorted.map(([, job], i) => (isShared(job) ? i + 1 : 0)),
      sorted.map(([, { name }]) => name),
      sorted.map(([, { payload }]) => JSON.stringify(payload)),
      sorted.map(([, { runAt }]) => (runAt === undefined ? null : instantParam(runAt))),
      sorted.map(([key]) => key),
      sorted.map(([, { priority }]) => priority ?? null),
    ],
  );
}

export const addJob = (manager: EntityManager, job: Job): Promise<void> => addJobs(manager, [job]);
