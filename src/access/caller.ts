import type { Actor } from '../domain/journey/inputs.js';

export type Role = 'admin' | 'rep';

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
      : { kind: 'admin', id: holder.keyId, onBehalfOf };
  return { ...holder, actor };
}
