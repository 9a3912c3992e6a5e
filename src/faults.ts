/** One thing that is wrong with what a client sent. */
export interface Fault {
  /** JSON Pointer (RFC 6901) into body, query or path, such as `/events/3/kind`; empty for the whole; a header by its name. */
  readonly path: string;
  readonly message: string;
}

/** What was sent is wrong: 400 with every fault at once. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  constructor(readonly faults: readonly Fault[]) {
    super(faults.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '));
  }
}

/** There is no such thing: 404. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** It clashes with what is there: 409, with a code for machines. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
  constructor(
    readonly code: string,
    message: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** An idempotency key came back with another body: 422. */
export class KeyReused extends Error {
  override readonly name = 'KeyReused';
  constructor() {
    super('this Idempotency-Key was used with another body; use a new key for a new request');
  }
}
