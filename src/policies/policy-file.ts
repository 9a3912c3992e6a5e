import { readFile } from 'node:fs/promises';
import type { DataSource } from 'typeorm';
import type { Clock } from '../clock.js';
import { inTransaction } from '../db/transaction.js';
import { InvalidInput } from '../faults.js';
import { parseYaml, type Policies } from './policies.js';
import type { PolicyStore } from './policy-store.js';

/** Any number; the same for all who start with a policy file. */
const LOCK = 7_311;

/**
 * Loads the policy file of a deployment. It becomes the policy of new leads only where there is none yet: what
 * people have activated since is not undone by a restart.
 * @returns its hash, and whether it was activated
 * @throws InvalidInput naming the file and every fault
 */
export async function loadPolicyFile(
  path: string,
  deps: { dataSource: DataSource; clock: Clock; policies: Policies; store: PolicyStore },
): Promise<{ hash: string; activated: boolean }> {
  const document = parseYaml(await readFile(path, 'utf8'));
  return inTransaction(deps.dataSource, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
    const { hash } = await deps.policies.save(tx, document);
    if ((await deps.store.active(tx)) !== null) return { hash, activated: false };
    await deps.policies.activate(tx, hash, null);
    return { hash, activated: true };
  }).catch((error: unknown) => {
    if (!(error instanceof InvalidInput)) throw error;
    throw new Error(`The policy file ${path} has faults:\n  ${error.message.replaceAll('; ', '\n  ')}`, {
      cause: error,
    });
  });
}
