import type { Task } from 'graphile-worker';
import { MINUTE, SECOND } from '../domain/time.js';
import { LeadsUnavailable } from '../leads/lead-gateway.js';
import { inParallel } from './in-parallel.js';
import { stepsLeft } from '../playbooks/enrolment-store.js';
import { addJobs, type Bell, importJob } from './jobs.js';
import { freeAbandonedJobs, importsLeft, leadsOverslept, leadsWithOldFacts } from './left-undone.js';
import { migrationsLeft } from '../policies/migration/migration-store.js';
import type { TaskDeps } from './task-deps.js';

/** A ring takes milliseconds; a fact that waits for longer has lost its ring. */
const FACT_PATIENCE = 30 * SECOND;
const WAKE_UP_PATIENCE = MINUTE;
const STEP_PATIENCE = MINUTE;
/** All tasks are bounded by far less. For what died without its sessions ending. */
const JOB_PATIENCE = 2 * MINUTE;
/** Per sweep and kind, so that a sweep ends before the next. */
const MOST = 500;
/** Per kind: no more rings after this. With both kinds and the last rings' own ten seconds half of JOB_PATIENCE. */
const RINGING = 20 * SECOND;

type SweepDeps = Pick<TaskDeps, 'dataSource' | 'gateway' | 'clock' | 'log'>;

/** Every minute: finds what was left undone when something died at a bad moment. */
export const createSweep = ({ dataSource, gateway, clock, log }: SweepDeps): Task => {
  const ringAll = (leads: readonly string[], bell: Bell): Promise<void> => {
    const until = Date.now() + RINGING;
    return inParallel(leads, async (leadId) => {
      if (Date.now() < until) await gateway.ring(leadId, bell);
    });
  };
  return async () => {
    // The queue stamps its locks by the machine's clock, also where ours was moved.
    const now = Date.now();
    const freed = await freeAbandonedJobs(dataSource, now, now - JOB_PATIENCE);
    const facts = await leadsWithOldFacts(dataSource, clock.now() - FACT_PATIENCE, MOST);
    const overslept = await leadsOverslept(dataSource, clock.now() - WAKE_UP_PATIENCE, MOST);
    const imports = await importsLeft(dataSource);
    // Starting one that is running changes nothing.
    const migrations = await migrationsLeft(dataSource.manager);
    await addJobs(
      dataSource.manager,
      migrations.map((migrationId) => ({ name: 'policy.migrate', payload: { migrationId } }) as const),
    );
    const steps = await stepsLeft(dataSource, clock.now() - STEP_PATIENCE, MOST);
    if (freed + facts.length + overslept.length + imports.length + steps.length === 0) return;
    log.warn('the sweep found work left undone', {
      freed,
      facts: facts.length,
      overslept: overslept.length,
      imports: imports.length,
      steps: steps.length,
    });
    await addJobs(dataSource.manager, [...imports.map(importJob), ...steps]);
    try {
      await ringAll(facts, 'fact');
      await ringAll(overslept, 'score');
    } catch (error) {
      // The next sweep finds them again.
      if (!(error instanceof LeadsUnavailable)) throw error;
    }
  };
};
