import { EventEmitter } from 'node:events';
import { Logger, run, runOnce, type Runner, type Task, type WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import type { Clock } from '../clock.js';
import { instantParam } from '../db/column-types.js';
import { SECOND } from '../domain/time.js';
import type { Log } from '../log.js';
import type { JobName } from './jobs.js';
import { createPresence } from './presence.js';

export interface RelayOptions {
  readonly databaseUrl: string;
  readonly tasks: Record<JobName, Task>;
  readonly clock: Clock;
  readonly log: Log;
  /** Jobs that run at once, deliveries not among them. */
  readonly concurrency?: number;
}

/** Carries the outbox's jobs out: rings, wake-ups of pools, deliveries, the sweep. */
export interface Relay {
  /** Resolves when it runs. */
  start(): Promise<void>;
  /** Lets running jobs end. */
  stop(): Promise<void>;
  /** Resolves when it has stopped, rejects when it broke. Call after `start`. */
  finished(): Promise<void>;
  /**
   * Carries out every job that is due by our clock, and what these add, then returns. For tests, which move the
   * clock ahead; with a relay that was not started.
   */
  drain(): Promise<void>;
}

const CONCURRENCY = 10;
/**
 * Deliveries have places of their own: each may wait long for its receiver, and nothing else waits for them.
 */
const DELIVERIES = 5;
/** New jobs are announced by NOTIFY; this is for those whose time comes. */
const POLL_MS = 500;
/** Every minute; one that waits is not doubled. */
const CRONTAB = '* * * * * sweep ?jobKey=sweep&jobKeyMode=replace&max=1';
/** And so long after a start: the process before may have died with jobs in its hands. */
const FIRST_SWEEP = 6 * SECOND;

export function createRelay({
  databaseUrl,
  tasks,
  clock,
  log,
  concurrency = CONCURRENCY,
}: RelayOptions): Relay {
  // One connection for each job at work, one for the queue's announcements to each of the two runners.
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: concurrency + DELIVERIES + 2,
    application_name: 'baton-relay',
  });
  pool.on('error', (error) => log.warn('the relay lost a database connection', { detail: error.message }));
  pool.on('connect', (client) => client.on('error', () => undefined));
  const presence = createPresence(databaseUrl, log);
  const events: WorkerEvents = new EventEmitter();
  events.on('pool:create', ({ workerPool }) => presence.show(workerPool.id));
  const shared = {
    events,
    pgPool: pool,
    taskList: tasks,
    // Jobs become due by this process's clock, which is the one that stamped them.
    useNodeTime: true,
    noHandleSignals: true,
    logger: queueLogger(log),
  };
  const { deliver, ...others } = tasks;
  let runners: readonly Runner[] = [];

  return {
    async start() {
      // A runner takes the jobs of its own tasks only.
      const polled = { ...shared, pollInterval: POLL_MS };
      const main = await run({ ...polled, taskList: others, concurrency, crontab: CRONTAB });
      runners = [main];
      const delivering = await run({
        ...polled,
        taskList: { deliver },
        concurrency: DELIVERIES,
        crontab: '',
      });
      runners = [main, delivering];
      const runAt = new Date(clock.now() + FIRST_SWEEP);
      await main.addJob('sweep', {}, { jobKey: 'sweep', runAt, maxAttempts: 1 });
    },
    async stop() {
      await Promise.allSettled(runners.map((runner) => runner.stop()));
      runners = [];
      await presence.leave();
      await pool.end();
    },
    async finished() {
      if (runners.length > 0) await Promise.race(runners.map((runner) => runner.promise));
    },
    async drain() {
      for (;;) {
        // What is due by our clock is made due by the machine's, which is all that the queue looks at.
        const { rowCount } = await pool.query(
          `update graphile_worker._private_jobs set run_at = 'epoch'
            where run_at <= greatest($1, now()) and attempts < max_attempts and locked_at is null and is_available`,
          [instantParam(clock.now())],
        );
        if (rowCount === 0) return;
        const ids: string[] = [];
        const note = ({ workerPool }: { workerPool: { id: string } }): void => void ids.push(workerPool.id);
        events.on('pool:create', note);
        await runOnce({ ...shared, crontab: '' });
        events.off('pool:create', note);
        // The queue does not wait until results are stored; what it still holds has none yet.
        while (await holdsJobs(pool, ids)) await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

async function holdsJobs(pool: pg.Pool, workerIds: readonly string[]): Promise<boolean> {
  const held = 'select 1 from graphile_worker._private_jobs where locked_by = any($1) limit 1';
  return (await pool.query(held, [workerIds])).rowCount !== 0;
}

/** The queue's own words: only what somebody should read. */
const queueLogger = (log: Log): Logger =>
  new Logger(() => (level, message) => {
    const name: string = level;
    if (name === 'error') log.error('job queue', { detail: message });
    else if (name === 'warning') log.warn('job queue', { detail: message });
  });
