import type { DataSource, EntityManager } from 'typeorm';
import { parse } from 'yaml';
import type { Clock } from '../clock.js';
import { type Change, policyDiff } from '../domain/policy/diff.js';
import { policyDocument } from '../domain/policy/document.js';
import type { Fault } from '../domain/policy/fault.js';
import { parsePolicy } from '../domain/policy/parse-policy.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { InvalidInput } from '../faults.js';
import type { JournalKey } from '../journal/chain.js';
import { documentFacts } from './document-facts.js';
import { createLifecycle } from './policy-lifecycle.js';
import { type Author, DEPLOYMENT } from './policy-steps.js';
import { findPolicy, listPolicies, type PolicyStore, policyHash } from './policy-store.js';
import { type PolicySummary, viewOf } from './policy-view.js';
import { readScene } from './scene.js';

export interface PolicyDetail extends PolicySummary {
  readonly document: Policy;
}

export type Policies = ReturnType<typeof createPolicies>;

/** The agreements between marketing and sales: loaded whole or refused whole, never changed. */
export function createPolicies({
  dataSource,
  clock,
  store,
  journalKey,
}: {
  dataSource: DataSource;
  clock: Clock;
  journalKey: JournalKey;
  store: PolicyStore;
}) {
  const lifecycle = createLifecycle({ clock, journalKey, store });

  async function get(hash: string): Promise<PolicyDetail> {
    const { manager } = dataSource;
    const row = await findPolicy(manager, hash);
    const document = await store.byHash(manager, hash);
    return { ...viewOf(row, document, await readScene(manager, store, clock.now())), document };
  }

  async function diff(hash: string, against: string): Promise<readonly Change[]> {
    const { manager } = dataSource;
    await findPolicy(manager, hash);
    await findPolicy(manager, against);
    return policyDiff(await store.byHash(manager, against), await store.byHash(manager, hash));
  }

  return {
    ...lifecycle,
    get,
    diff,

    /** Newest first: policies with a number below `before`. */
    async list(
      before: number | null,
      limit: number,
    ): Promise<readonly (PolicySummary & { readonly n: number })[]> {
      const { manager } = dataSource;
      const rows = await listPolicies(manager, before, limit);
      const scene = await readScene(manager, store, clock.now());
      const views: (PolicySummary & { n: number })[] = [];
      for (const row of rows) {
        views.push({ ...viewOf(row, await store.byHash(manager, row.hash), scene), n: row.n });
      }
      return views;
    },

    /**
     * The policy as Markdown for people, with its history and what it changes.
     * @param against hash of the policy to compare with; null: the active one
     */
    async document(hash: string, against: string | null): Promise<string> {
      const { manager } = dataSource;
      const { document, ...view } = await get(hash);
      const other = against ?? (await store.active(manager, clock.now()))?.hash ?? hash;
      const facts = documentFacts(view);
      if (other === hash) return policyDocument(document, { facts, changes: null });
      const { name } = await findPolicy(manager, other);
      const changes = { against: `${name} (${other.slice(0, 12)})`, changes: await diff(hash, other) };
      return policyDocument(document, { facts, changes });
    },

    /**
     * Stores a policy as a draft; the same one again changes nothing.
     * @throws InvalidInput with every fault and its path
     */
    async save(
      tx: EntityManager,
      document: unknown,
      author: Author,
    ): Promise<{ hash: string; name: string; state: string; warnings: readonly Fault[] }> {
      const parsed = parsePolicy(document);
      if (!parsed.ok) throw new InvalidInput(parsed.faults);
      const { policy, warnings } = parsed;
      const hash = policyHash(policy);
      await lifecycle.lock(tx);
      await store.save(tx, policy, clock.now());
      const { state } = await lifecycle.draft(tx, hash, author);
      return { hash, name: policy.name, state, warnings };
    },

    /** Makes the first policy of an installation the one that new leads get; does nothing where there is one. */
    async start(tx: EntityManager, hash: string): Promise<{ readonly activated: boolean }> {
      await lifecycle.lock(tx);
      const { agreement } = await readScene(tx, store, clock.now());
      if (agreement.active !== null || agreement.scheduled !== null) return { activated: false };
      await lifecycle.activate(tx, hash, {}, DEPLOYMENT);
      return { activated: true };
    },
  };
}

/** @throws InvalidInput when the text is no YAML, or YAML that unfolds into more than it seems. */
export function parseYaml(text: string): unknown {
  try {
    return parse(text, { schema: 'core', uniqueKeys: true, logLevel: 'error' });
  } catch (error) {
    throw new InvalidInput([
      { path: '', message: error instanceof Error ? error.message.slice(0, 500) : 'is no YAML' },
    ]);
  }
}
