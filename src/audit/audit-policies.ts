import type { EntityManager } from 'typeorm';
import { canonical } from '../domain/canonical.js';
import type { Instant } from '../domain/time.js';
import { GENESIS, sha256 } from '../journal/chain.js';
import { auditLink } from './audit-link.js';
import type { Difference } from './finding.js';
import type { JournalKeys } from './read-sources.js';

interface PolicyRow {
  readonly n: number;
  readonly hash: string;
  readonly name: string;
  readonly document: string;
  readonly at: Instant;
  readonly prevHash: string;
  readonly chainHash: string;
  readonly mac: string;
  readonly keyId: string;
}

/** The chain of all policies: each is what its hash says, and none was put in between or taken out. */
export async function auditPolicies(
  manager: EntityManager,
  keys: JournalKeys,
): Promise<{ readonly count: number; readonly difference: Difference | null }> {
  const policies = await manager.query<PolicyRow[]>(
    `select n, hash, name, document, recorded_at as at, prev_hash as "prevHash", chain_hash as "chainHash", mac,
            key_id as "keyId" from policy order by n`,
  );
  let head = GENESIS;
  for (const policy of policies) {
    const { n, hash, name, at, chainHash } = policy;
    const found = sha256(policy.document);
    if (found !== hash) {
      const what = `document of the policy ${name}`;
      return {
        count: policies.length,
        difference: { seq: n, kind: 'hash_wrong', what, expected: hash, found },
      };
    }
    const link = { ...policy, hash: chainHash };
    const bytes = canonical({ hash, name, at });
    const difference = auditLink(`policy ${name}`, n, head, bytes, link, (id) => keys.get(id) ?? null);
    if (difference !== null) return { count: policies.length, difference };
    head = chainHash;
  }
  return { count: policies.length, difference: null };
}
