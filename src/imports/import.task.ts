import { inTransaction, sqlState } from '../db/transaction.js';
import type { IngestDeps } from '../leads/ingest.js';
import { stopPoint } from '../stop-point.js';
import { importChunk, refuseNext } from './import-chunk.js';

/** Per transaction: few enough that it takes a second at most. */
const MOST_LEADS = 100;

/** SQLSTATE classes that blame the data: data exception, integrity constraint, limit exceeded. */
const isUnstorable = (error: unknown): boolean =>
  ['22', '23', '54'].includes(sqlState(error)?.slice(0, 2) ?? '');

/** Works on the next leads of an import: one transaction. What the database cannot store is refused, lead by lead. */
export const createImportStep =
  (deps: IngestDeps) =>
  async (importId: string): Promise<void> => {
    const step = (most: number): Promise<void> =>
      inTransaction(deps.dataSource, (manager) => importChunk(deps, manager, importId, most));
    try {
      await step(MOST_LEADS);
    } catch (error) {
      if (!isUnstorable(error)) throw error;
      await oneByOne(deps, importId, step);
    }
    stopPoint(`imported.${importId}`);
  };

/** The leads of one chunk, each in a transaction of its own. */
async function oneByOne(
  deps: IngestDeps,
  importId: string,
  step: (most: number) => Promise<void>,
): Promise<void> {
  for (let i = 0; i < MOST_LEADS; i++) {
    try {
      await step(1);
    } catch (error) {
      if (!isUnstorable(error)) throw error;
      await inTransaction(deps.dataSource, (manager) => refuseNext(deps, manager, importId));
    }
  }
}
