import { readFile } from 'node:fs/promises';
import type { DataSource } from 'typeorm';
import { inTransaction } from '../db/transaction.js';
import { InvalidInput } from '../faults.js';
import { parseYaml, type Policies } from './policies.js';
import { DEPLOYMENT } from './policy-steps.js';

/**
 * Loads the policy file of a deployment. It becomes the policy of new leads only where there is none yet: what
 * people have activated since is not undone by a restart.
 * @returns its hash, and whether it was activated
 * @throws InvalidInput naming the file and every fault
 */
export async function loadPolicyFile(
  path: string,
  deps: { dataSource: DataSource; policies: Policies },
): Promise<{ hash: string; activated: boolean }> {
  const document = parseYaml(await readFile(path, 'utf8'));
  return inTransaction(deps.dataSource, async (tx) => {
    const { hash } = await deps.policies.save(tx, document, DEPLOYMENT);
    return { hash, ...(await deps.policies.start(tx, hash)) };
  }).catch((error: unknown) => {
    if (!(error instanceof InvalidInput)) throw error;
    throw new Error(`The policy file ${path} has faults:\n  ${error.message.replaceAll('; ', '\n  ')}`, {
      cause: error,
    });
  });
}
