import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** The key of the MAC; it never lies in the database. */
export interface JournalKey {
  readonly id: string;
  readonly key: Buffer;
}

/** What stands before the first link of every chain. A link's bytes name its lead and number, so that chains differ. */
export const GENESIS = '0'.repeat(64);

/** One link as it is stored. */
export interface Link {
  readonly prevHash: string;
  readonly hash: string;
  readonly mac: string;
  readonly keyId: string;
}

/** SHA-256 in lower-case hex. */
export const sha256 = (bytes: string): string => hash('sha256', bytes, 'hex');

/** Hash of a link: SHA-256 over the previous hash (64 hex digits) followed by the canonical bytes. */
export const linkHash = (prevHash: string, bytes: string): string => sha256(prevHash + bytes);

/** HMAC-SHA-256 over a link's hash, in hex. */
export const macOf = (key: JournalKey, linked: string): string =>
  createHmac('sha256', key.key).update(linked, 'utf8').digest('hex');

/** The link that follows `prevHash`. */
export function nextLink(key: JournalKey, prevHash: string, bytes: string): Link {
  const hashed = linkHash(prevHash, bytes);
  return { prevHash, hash: hashed, mac: macOf(key, hashed), keyId: key.id };
}

export const macMatches = (key: JournalKey, hash: string, mac: string): boolean => {
  const expected = Buffer.from(macOf(key, hash), 'utf8');
  const given = Buffer.from(mac, 'utf8');
  return expected.length === given.length && timingSafeEqual(expected, given);
};
