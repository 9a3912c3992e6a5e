import type { EntityManager } from 'typeorm';
import { instantParam } from '../db/column-types.js';
import { prepared } from '../db/prepared.js';
import { canonical } from '../domain/canonical.js';
import { policySchema, type Policy } from '../domain/policy/policy.schema.js';
import type { Instant } from '../domain/time.js';
import { NotFound } from '../faults.js';
import { GENESIS, nextLink, sha256, type JournalKey } from '../journal/chain.js';
import { DEPLOYMENT, recordStep } from './policy-steps.js';

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
  /** The policy that new leads get at an instant; null before the first activation. */
  active(manager: EntityManager, at: Instant): Promise<PolicyVersion | null>;
  /**
   * Makes a stored policy the one that new leads get, without asking anybody; open leads keep theirs. Who may do
   * that, and when, is the lifecycle's business.
   */
  activate(manager: EntityManager, hash: string, at: Instant): Promise<void>;
}

/** The newest activation whose time has come and that was not called off before. */
const ACTIVE = `
  select s.policy from policy_step s
   where s.kind = 'activated' and (s.from_at is null or s.from_at <= $1)
     and not exists (select from policy_step r
                      where r.policy = s.policy and r.kind = 'retired' and r.n > s.n and r.at < s.from_at)
   order by s.n desc limit 1`;

/** SHA-256 of the policy's canonical text. */
export const policyHash = (policy: Policy): string => sha256(canonical(policy));

/** What a link of the policies' chain is made of; the document is in its hash. */
export const policyLinkBytes = (hash: string, name: string, at: Instant): string =>
  canonical({ hash, name, at });

interface NumberedPolicy {
  /** Order of recording. */
  readonly n: number;
  readonly hash: string;
  readonly name: string;
  readonly at: Instant;
}

/** @throws NotFound */
export async function findPolicy(manager: EntityManager, hash: string): Promise<NumberedPolicy> {
  const [found] = await manager.query<NumberedPolicy[]>(
    'select n, hash, name, recorded_at as at from policy where hash = $1',
    [hash],
  );
  if (found === undefined) throw new NotFound(`there is no policy ${hash}`);
  return found;
}

/** Newest first: policies with a number below `before`. */
export const listPolicies = (
  manager: EntityManager,
  before: number | null,
  limit: number,
): Promise<readonly NumberedPolicy[]> =>
  manager.query<NumberedPolicy[]>(
    `select n, hash, name, recorded_at as at from policy where ($1::bigint is null or n < $1) order by n desc limit $2`,
    [before, limit],
  );

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

    async active(manager, at) {
      const [row] = await prepared<{ policy: string }>(manager, ACTIVE, [instantParam(at)]);
      return row === undefined ? null : { hash: row.policy, policy: await byHash(manager, row.policy) };
    },

    async activate(manager, hash, at) {
      await byHash(manager, hash);
      await recordStep(manager, key, { policy: hash, kind: 'activated', rule: 'both' }, DEPLOYMENT, at);
    },
  };
}
