import type { EntityManager } from 'typeorm';
import { agreementAt } from '../domain/policy/lifecycle.js';
import type { Instant } from '../domain/time.js';
import type { PolicyStore } from './policy-store.js';
import { readSteps } from './policy-steps.js';
import type { Scene } from './policy-view.js';

/** Lock for whatever changes where policies stand; before every other lock. */
const LIFECYCLE_LOCK = 7_312;

/** Where all policies stand at an instant. */
export async function readScene(manager: EntityManager, store: PolicyStore, now: Instant): Promise<Scene> {
  const steps = await readSteps(manager);
  const agreement = agreementAt(steps, now);
  return {
    agreement,
    steps,
    base: agreement.agreed === null ? null : await store.byHash(manager, agreement.agreed),
    keys: await keyNames(manager),
  };
}

/** Until the end of the transaction nobody else changes where a policy stands. */
export async function lockLifecycle(tx: EntityManager): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [LIFECYCLE_LOCK]);
}

export async function keyNames(manager: EntityManager): Promise<ReadonlyMap<string, string>> {
  const keys = await manager.query<{ id: string; name: string }[]>('select id, name from api_key');
  return new Map(keys.map(({ id, name }) => [id, name]));
}
