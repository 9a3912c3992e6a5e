import { ApplicationFailure } from '@temporalio/common';
import type { ApplyRequest, ApplyResult } from '../src/domain/journey/apply.types.js';
import type { Log } from '../src/log.js';
import type { JOURNAL_CONFLICT, JOURNAL_UNAVAILABLE } from '../workflows/lead.messages.js';

/** What no retry can mend, and what passes; the constants in the workflow's messages are the other half. */
const CONFLICT: typeof JOURNAL_CONFLICT = 'JournalConflict';
const UNAVAILABLE: typeof JOURNAL_UNAVAILABLE = 'JournalUnavailable';

export interface LeadActivityDeps {
  /** One transaction: what is due, then the next input of this lead. */
  readonly apply: (request: ApplyRequest) => Promise<ApplyResult>;
  /** Whether the database could not answer now; any other fault is the same at every repetition. */
  readonly isPassing: (error: unknown) => boolean;
  readonly log: Log;
}

/** The activities of a lead's workflow. What passes is retried; nothing else is, lest it block the lead for ever. */
export function createLeadActivities({ apply, isPassing, log }: LeadActivityDeps) {
  return {
    async apply(request: ApplyRequest): Promise<ApplyResult> {
      try {
        return await apply(request);
      } catch (error) {
        const name = error instanceof Error ? error.name : 'unknown';
        const code = error instanceof Error && 'code' in error ? String(error.code) : null;
        // Neither our log nor Temporal keeps its text: a database error may quote what it could not store.
        log.error('apply failed', { lead: request.leadId, command: request.command, error: name, code });
        throw isPassing(error)
          ? ApplicationFailure.retryable('the journal does not answer', UNAVAILABLE)
          : ApplicationFailure.nonRetryable('the journal cannot take this', CONFLICT);
      }
    },
  };
}

export type LeadActivities = ReturnType<typeof createLeadActivities>;
