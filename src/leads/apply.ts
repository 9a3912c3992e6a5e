import type { DataSource } from 'typeorm';
import type { Clock } from '../clock.js';
import { inTransaction } from '../db/transaction.js';
import type { Answer, ApplyRequest, ApplyResult } from '../domain/journey/apply.types.js';
import { SECOND } from '../domain/time.js';
import type { JournalKey } from '../journal/chain.js';
import type { PolicyStore } from '../policies/policy-store.js';
import { stopPoint } from '../stop-point.js';
import { applyNext } from './apply-next.js';
import { JournalConflict, withWrites } from './apply-transaction.js';

export interface ApplyDeps {
  readonly dataSource: DataSource;
  readonly policies: PolicyStore;
  readonly journalKey: JournalKey;
}

/** Shorter than the 5 s that the workflow gives one attempt: an attempt given up on must not write its old time. */
const PATIENCE = 4 * SECOND;

/** "Apply what is due, then look": one call, one transaction, at most one journal row. */
export type Apply = (request: ApplyRequest) => Promise<ApplyResult>;

/** @throws JournalConflict when no repetition can help */
export const createApply =
  (deps: ApplyDeps): Apply =>
  async (request) => {
    const result = await inTransaction(
      deps.dataSource,
      (manager) => withWrites(deps, manager, (tx) => applyNext(tx, request)),
      PATIENCE,
    );
    stopPoint(`applied.${request.leadId}.${result.seq}`);
    return result;
  };

/** Applies a stored command outside a workflow (the journey has ended), and rings if that opened it again. */
export type ApplyDirectly = (leadId: string, inputId: string) => Promise<Answer>;

/** More inputs than this before a command: the workflow should have been asked. */
const MOST_TURNS = 100;

export function createApplyDirectly(deps: ApplyDeps & { readonly clock: Clock }): ApplyDirectly {
  const step = (request: ApplyRequest): Promise<ApplyResult> =>
    inTransaction(deps.dataSource, (manager) =>
      withWrites(deps, manager, async (tx) => {
        const result = await applyNext(tx, request);
        if (!result.ended || result.more) {
          tx.jobs.push({ name: 'ring', payload: { leadId: request.leadId, bell: 'fact' } });
        }
        return result;
      }),
    );

  return async (leadId, inputId) => {
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      const { answer } = await step({ leadId, at: deps.clock.now(), command: inputId });
      if (answer !== null) return answer;
    }
    throw new JournalConflict(`lead ${leadId} has too much to do before the command ${inputId}`);
  };
}
