import type { EntityManager } from 'typeorm';
import { instantParam } from '../db/column-types.js';
import { canonical } from '../domain/canonical.js';
import { policySchema, type Policy } from '../domain/policy/policy.schema.js';
import type { Instant } from '../domain/time.js';
import { GENESIS, nextLink, sha256, type JournalKey } from '../journal/chain.js';

/** Lock for the one chain of policies. */
const CHAIN_LOCK = 7_302;

export interface PolicyVersion {
  readonly hash: string;
  readonly policy: Policy;
}

/** Policies by hash. A stored policy never changes, so each process reads it once. */
export interface PolicyStore {
  /** Stores a valid policy; the same document again is the same hash and no new row. */
  save(manager: EntityManager, policy: Policy, at: Instant): Promise<string>;
  isStored(manager: EntityManager, hash: string): Promise<boolean>;
  /** @throws Error when nobody has stored it. */
  byHash(manager: EntityManager, hash: string): Promise<Policy>;
  /** The policy that new leads get; null before the first activation. */
  active(manager: EntityManager): Promise<PolicyVersion | null>;
  /** Makes a stored policy the one that new leads get; open leads keep theirs. */
  activate(manager: EntityManager, hash: string): Promise<void>;
}

/** SHA-256 of the policy's canonical text. */
export const policyHash = (policy: Policy): string => sha256(canonical(policy));

/** What a link of the policies' chain is made of; the document is in its hash. */
export const policyLinkBytes = (hash: string, name: string, at: Instant): string =>
  canonical({ hash, name, at });

export function createPolicyStore(key: JournalKey): PolicyStore {
  const known = new Map<string, Policy>();

  async function byHash(manager: EntityManager, hash: string): Promise<Policy> {
    const cached = known.get(hash);
    if (cached !== undefined) return cached;
    const [row] = await manager.query<{ document: string }[]>('select document from policy where hash = $1', [
      hash,
    ]);
    if (row === undefined) throw new Error(`there is no policy with the hash ${hash}`);
    const policy = policySchema.parse(JSON.parse(row.document));
    known.set(hash, policy);
    return policy;
  }

  return {
    byHash,

    async isStored(manager, hash) {
      const found = await manager.query<unknown[]>('select 1 from policy where hash = $1', [hash]);
      return found.length > 0;
    },

    async save(manager, policy, at) {
      const document = canonical(policy);
      const hash = sha256(document);
      await manager.query('select pg_advisory_xact_lock($1)', [CHAIN_LOCK]);
      const stored = await manager.query<unknown[]>('select 1 from policy where hash = $1', [hash]);
      if (stored.length > 0) return hash;
      const [head] = await manager.query<{ chain_hash: string }[]>(
        'select chain_hash from policy order by n desc limit 1',
      );
      const link = nextLink(key, head?.chain_hash ?? GENESIS, policyLinkBytes(hash, policy.name, at));
      await manager.query(
        `insert into policy (hash, name, document, recorded_at, prev_hash, chain_hash, mac, key_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [hash, policy.name, document, instantParam(at), link.prevHash, link.hash, link.mac, link.keyId],
      );
      return hash;
    },

    async active(manager) {
      const [row] = await manager.query<{ value: string }[]>(
        `select value from setting where key = 'active_policy'`,
      );
      if (row === undefined) return null;
      return { hash: row.value, policy: await byHash(manager, row.value) };
    },

    async activate(manager, hash) {
      await byHash(manager, hash);
      await manager.query(
        `insert into setting (key, value) values ('active_policy', $1)
         on conflict (key) do update set value = excluded.value`,
        [hash],
      );
    },
  };
}
