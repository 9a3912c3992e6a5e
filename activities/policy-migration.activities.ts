import { ApplicationFailure } from '@temporalio/common';
import type { Log } from '../src/log.js';
import type { MigrationProgress, MigrationStep } from '../src/policies/migration/migration-step.js';

export interface MigrationActivityDeps {
  /** One transaction: the next leads of the migration. */
  readonly migrate: MigrationStep;
  readonly log: Log;
}

/** The activities of a policy migration. The workflow tries again whatever happens: a person may mend it. */
export function createMigrationActivities({ migrate, log }: MigrationActivityDeps) {
  return {
    async migrateNext(migrationId: string): Promise<MigrationProgress> {
      try {
        return await migrate(migrationId);
      } catch (error) {
        const name = error instanceof Error ? error.name : 'unknown';
        const code = error instanceof Error && 'code' in error ? String(error.code) : null;
        // Neither our log nor Temporal keeps its text: a database error may quote what it could not store.
        log.error('a policy migration failed', { migration: migrationId, error: name, code });
        throw ApplicationFailure.retryable('the migration cannot go on', 'MigrationFailed');
      }
    },
  };
}

export type MigrationActivities = ReturnType<typeof createMigrationActivities>;
