import type { EntityManager } from 'typeorm';
import type { Finding } from './finding.js';

const MOST = 1_000;

/** Evidence that is not what its hash says, whether or not a row names it. The database does the hashing. */
export async function auditEvidence(
  manager: EntityManager,
): Promise<{ readonly count: number; readonly findings: readonly Finding[] }> {
  const [total] = await manager.query<{ count: number }[]>(
    'select (select count(*) from evidence) + (select count(*) from personal_evidence) as count',
  );
  const wrong = await manager.query<{ lead: string | null; hash: string; found: string }[]>(
    `select lead, hash, found from (
       select null as lead, hash, encode(sha256(convert_to(bytes, 'UTF8')), 'hex') as found from evidence
       union all
       select lead_id, hash, encode(sha256(convert_to(salt || bytes, 'UTF8')), 'hex') from personal_evidence
     ) hashed where hash <> found order by hash limit ${MOST}`,
  );
  return {
    count: total?.count ?? 0,
    findings: wrong.map(({ lead, hash, found }) => ({
      lead,
      seq: null,
      kind: 'evidence_differs',
      what: 'hash of the evidence',
      expected: hash,
      found,
    })),
  };
}
