import {
  continueAsNew,
  isCancellation,
  log,
  proxyLocalActivities,
  setCurrentDetails,
  sleep,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { MigrationActivities } from '../activities/policy-migration.activities.js';
import { SECOND } from '../src/domain/time.js';
import type { MigrationRun } from './policy-migration.messages.js';

/** A new run starts after this many events, long before the server would insist. */
const EVENTS_PER_RUN = 500;
const FIRST_PAUSE = SECOND;
const LONGEST_PAUSE = 30 * SECOND;

const { migrateNext } = proxyLocalActivities<MigrationActivities>({
  startToCloseTimeout: '10 s',
  scheduleToCloseTimeout: '15 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumAttempts: 4 },
});

/** Paces the move of open leads to another policy; what has been done and what is left lies in the database. */
export async function policyMigrationWorkflow({ migrationId }: MigrationRun): Promise<void> {
  let trouble = FIRST_PAUSE;
  for (;;) {
    let pause: number;
    try {
      const { done, state, leads, counts, ...next } = await migrateNext(migrationId);
      const { waiting, sent, moved, deferred } = counts;
      setCurrentDetails(
        `**${state}**: ${leads} leads, ${moved} moved, ${deferred} when their hand-off has ended, ${sent} told, ${waiting} to go`,
      );
      if (done) return;
      pause = next.pause;
      trouble = FIRST_PAUSE;
    } catch (error) {
      if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error;
      log.warn('the migration cannot go on', { migrationId, pause: trouble });
      pause = trouble;
      trouble = Math.min(2 * trouble, LONGEST_PAUSE);
    }
    if (pause > 0) await sleep(pause, { summary: 'at its rate' });
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    if (historyLength >= EVENTS_PER_RUN || continueAsNewSuggested) {
      await continueAsNew<typeof policyMigrationWorkflow>({ migrationId });
    }
  }
}
