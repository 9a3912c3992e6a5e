import { ApplicationFailure } from '@temporalio/common';
import type { ApplyRequest, ApplyResult } from '../src/domain/journey/apply.types.js';
import type { Log } from '../src/log.js';
import type { JOURNAL_CONFLICT } from '../workflows/lead.messages.js';

/** What no retry can mend; `JOURNAL_CONFLICT` in the workflow's messages is the other half. */
const CONFLICT: typeof JOURNAL_CONFLICT = 'JournalConflict';

export interface LeadActivityDeps {
  /** One transaction: what is due, then the next input of this lead. */
  readonly apply: (request: ApplyRequest) => Promise<ApplyResult>;
  readonly log: Log;
}

/** The activities of a lead's workflow. Errors are retried, but for a broken invariant. */
export function createLeadActivities({ apply, log }: LeadActivityDeps) {
  return {
    async apply(request: ApplyRequest): Promise<ApplyResult> {
      try {
        return await apply(request);
      } catch (error) {
        const name = error instanceof Error ? error.name : 'unknown';
        const code = error instanceof Error && 'code' in error ? String(error.code) : null;
        // Neither our log nor Temporal keeps its text: a database error may quote what it could not store.
        log.error('apply failed', { lead: request.leadId, command: request.command, error: name, code });
        throw name === CONFLICT
          ? ApplicationFailure.nonRetryable('the journal cannot take this', CONFLICT)
          : ApplicationFailure.retryable('the journal does not answer', 'JournalUnavailable');
      }
    },
  };
}

export type LeadActivities = ReturnType<typeof createLeadActivities>;
