import type { EntityManager } from 'typeorm';
import type { JournalKey } from '../journal/chain.js';
import { addJobs, type Job } from '../outbox/jobs.js';
import type { PolicyStore } from '../policies/policy-store.js';

/** What everything that is written for a journal row shares: one transaction, one list of jobs. */
export interface ApplyTransaction {
  readonly manager: EntityManager;
  readonly policies: PolicyStore;
  readonly journalKey: JournalKey;
  /** Written last, in key order, when all other locks are held. */
  readonly jobs: Job[];
}

type Deps = Pick<ApplyTransaction, 'policies' | 'journalKey'>;

/** Collects jobs while `work` runs and adds them at its end. */
export async function withJobs<T>(
  { policies, journalKey }: Deps,
  manager: EntityManager,
  work: (tx: ApplyTransaction) => Promise<T>,
): Promise<T> {
  const tx: ApplyTransaction = { manager, policies, journalKey, jobs: [] };
  const result = await work(tx);
  await addJobs(manager, tx.jobs);
  return result;
}

/** The journal contradicts itself or the caller: repeating the call does not help. */
export class JournalConflict extends Error {
  override readonly name = 'JournalConflict';
}
