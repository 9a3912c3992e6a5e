import canonicalize from 'canonicalize';

/** What canonical bytes can be made of: JSON, no `undefined`, every number finite. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * The canonical form of a JSON value (RFC 8785): the same bytes for the same value on every machine.
 * @throws Error when the value holds something that JSON cannot say.
 */
export function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('this value has no canonical form');
  return text;
}
