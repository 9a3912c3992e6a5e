import type { RecordedFact } from './decision.js';
import type { Input } from './inputs.js';
import type { Deadline } from './journey.js';
import type { Refusal } from './refusals.js';
import type { Effect, Transition } from './transitions.js';

/** The number of the rules' meaning; stays 1 until the first release. */
export const ENGINE = 1;

/**
 * One journal row: what was recorded (input, facts, policy) and what follows from it (result, deadlines),
 * which audit recomputes and compares. Its canonical bytes are what is stored and hashed.
 */
export interface Row {
  readonly engine: number;
  readonly lead: string;
  readonly seq: number;
  readonly input: Input;
  readonly facts: readonly RecordedFact[];
  /** Hash of the policy that decided. */
  readonly policy: string;
  /** Version of the time zone data in force. */
  readonly tz: string;
  /** Equal refusals that were answered but not journaled since the row before. */
  readonly suppressed: number;
  readonly result:
    | { readonly transitions: readonly Transition[]; readonly effects: readonly Effect[] }
    | { readonly refusal: Refusal };
  /** The running clocks after this row. */
  readonly deadlines: readonly Deadline[];
}
