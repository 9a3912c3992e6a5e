import { linkHash, macMatches, type Link } from '../journal/chain.js';
import type { Difference } from './finding.js';

/**
 * Whether a link of a chain follows from the one before and was made with our key; null when it does.
 * @param what what the link is, such as `row`
 */
export function auditLink(
  what: string,
  seq: number,
  prevHash: string,
  bytes: string,
  link: Link,
  keyOf: (id: string) => Buffer | null,
): Difference | null {
  const unchained = auditHash(what, seq, prevHash, bytes, link);
  if (unchained !== null) return unchained;
  const key = keyOf(link.keyId);
  if (key === null) {
    const expected = 'a MAC of a key that is known here';
    return { seq, kind: 'key_unknown', what: `key of the ${what}`, expected, found: link.keyId };
  }
  if (macMatches({ id: link.keyId, key }, link.hash, link.mac)) return null;
  const expected = `the MAC of ${link.hash} with the key ${link.keyId}`;
  return { seq, kind: 'mac_wrong', what: `MAC of the ${what}`, expected, found: link.mac };
}

/** The same for a chain without a MAC. */
export function auditHash(
  what: string,
  seq: number,
  prevHash: string,
  bytes: string,
  link: Pick<Link, 'prevHash' | 'hash'>,
): Difference | null {
  if (link.prevHash !== prevHash) {
    const about = `previous hash of the ${what}`;
    return { seq, kind: 'chain_broken', what: about, expected: prevHash, found: link.prevHash };
  }
  const expected = linkHash(prevHash, bytes);
  if (link.hash === expected) return null;
  return { seq, kind: 'hash_wrong', what: `hash of the ${what}`, expected, found: link.hash };
}
