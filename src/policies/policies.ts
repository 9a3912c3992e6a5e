import type { DataSource, EntityManager } from 'typeorm';
import { parse } from 'yaml';
import type { Clock } from '../clock.js';
import { PolicyEntity } from '../db/entities/policy.entity.js';
import type { Fault } from '../domain/policy/fault.js';
import { parsePolicy } from '../domain/policy/parse-policy.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { InvalidInput, NotFound } from '../faults.js';
import type { JournalKey } from '../journal/chain.js';
import { ensurePools } from './policy-pools.js';
import { type PolicyStore, policyHash } from './policy-store.js';

export interface PolicySummary {
  readonly hash: string;
  readonly name: string;
  /** Whether new leads get it. */
  readonly active: boolean;
  readonly recordedAt: string;
}

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
  const activeHash = async (manager: EntityManager): Promise<string | null> =>
    (await store.active(manager))?.hash ?? null;

  async function find(manager: EntityManager, hash: string): Promise<PolicyEntity> {
    const found = await manager.findOneBy(PolicyEntity, { hash });
    if (found === null) throw new NotFound(`there is no policy ${hash}`);
    return found;
  }

  return {
    /** Newest first: policies with a number below `before`. */
    async list(
      before: number | null,
      limit: number,
    ): Promise<readonly (PolicySummary & { readonly n: number })[]> {
      const { manager } = dataSource;
      const active = await activeHash(manager);
      const found = await manager.query<{ n: number; hash: string; name: string; at: number }[]>(
        `select n, hash, name, recorded_at as at from policy where ($1::bigint is null or n < $1) order by n desc limit $2`,
        [before, limit],
      );
      return found.map(({ n, hash, name, at }) => ({
        n,
        hash,
        name,
        active: hash === active,
        recordedAt: isoOf(at),
      }));
    },

    async get(hash: string): Promise<PolicyDetail> {
      const { manager } = dataSource;
      const { name, recordedAt } = await find(manager, hash);
      const document = await store.byHash(manager, hash);
      return {
        hash,
        name,
        active: hash === (await activeHash(manager)),
        recordedAt: isoOf(recordedAt),
        document,
      };
    },

    /**
     * Stores a policy; the same one again changes nothing.
     * @throws InvalidInput with every fault and its path
     */
    async save(
      tx: EntityManager,
      document: unknown,
    ): Promise<{ hash: string; name: string; warnings: readonly Fault[] }> {
      const parsed = parsePolicy(document);
      if (!parsed.ok) throw new InvalidInput(parsed.faults);
      const { policy, warnings } = parsed;
      await store.save(tx, policy, clock.now());
      return { hash: policyHash(policy), name: policy.name, warnings };
    },

    /** From now on new leads get this policy; open leads keep theirs. Its pools exist from then on. */
    async activate(
      tx: EntityManager,
      hash: string,
      by: string | null,
    ): Promise<{ hash: string; name: string; active: true }> {
      const { name } = await find(tx, hash);
      await ensurePools(tx, journalKey, await store.byHash(tx, hash), clock.now(), by);
      await store.activate(tx, hash);
      return { hash, name, active: true };
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

const isoOf = (at: number): string => new Date(at).toISOString();
