import type { Actor } from '../domain/journey/inputs.js';

export const ROLES = ['admin', 'rep', 'marketing', 'sales'] as const;
/** Marketing and sales speak for their team where both agree on something; who works a lead is a rep. */
export type Role = (typeof ROLES)[number];

/** Whose key a request came with. */
export interface KeyHolder {
  readonly keyId: string;
  readonly role: Role;
  /** The rep whom a rep key is bound to. */
  readonly repId: string | null;
}

/** Who makes a request: the key's holder, and the actor that goes into the journal. */
export interface Caller extends KeyHolder {
  readonly actor: Actor;
}

/** @param onBehalfOf the rep for whom an admin acts */
export function callerOf(holder: KeyHolder, onBehalfOf: string | null): Caller {
  const actor: Actor =
    holder.role === 'rep'
      ? { kind: 'rep', id: holder.repId, onBehalfOf: null }
      : { kind: holder.role, id: holder.keyId, onBehalfOf };
  return { ...holder, actor };
}
