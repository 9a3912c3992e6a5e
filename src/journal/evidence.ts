import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { canonical } from '../domain/canonical.js';
import { sha256 } from './chain.js';

/** Bulky snapshots behind a decision, by hash; the row holds the hash only. */
export interface Evidence {
  readonly hash: string;
  readonly bytes: string;
}

export function evidenceOf(value: unknown): Evidence {
  const bytes = canonical(value);
  return { hash: sha256(bytes), bytes };
}

/** What a salted hash of personal evidence is made of: SHA-256 over the salt (hex) followed by the bytes. */
export const personalHash = (salt: string, bytes: string): string => sha256(salt + bytes);

/** Personal evidence before it is stored; a journal row holds `hash` only. */
export interface PersonalEvidence {
  readonly hash: string;
  readonly salt: string;
  readonly bytes: string;
}

/** Salts free text or names, so that the hash in the journal tells nothing once the evidence is erased. */
export function personalEvidenceOf(value: unknown): PersonalEvidence {
  const bytes = canonical(value);
  const salt = randomBytes(16).toString('hex');
  return { hash: personalHash(salt, bytes), salt, bytes };
}

export async function savePersonalEvidence(
  manager: EntityManager,
  leadId: string,
  { hash, salt, bytes }: PersonalEvidence,
): Promise<void> {
  await manager.query('insert into personal_evidence (hash, lead_id, salt, bytes) values ($1, $2, $3, $4)', [
    hash,
    leadId,
    salt,
    bytes,
  ]);
}
