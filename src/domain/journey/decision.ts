import type { HandOffKind } from './journey.js';
import type { Refusal } from './refusals.js';
import type { Effect, Transition } from './transitions.js';

/** What `decide` must know but cannot: the interpreter answers and calls again from the start. */
export type Question =
  /** Whose turn is it in this pool? */
  | {
      readonly ask: 'route';
      readonly handOff: HandOffKind;
      readonly pool: string;
      readonly excluded: readonly string[];
    }
  /** May this rep be given the lead by name? */
  | { readonly ask: 'rep'; readonly rep: string }
  /** Do the lead's fields, which are personal data, fulfil the conditions of this rule of the policy? */
  | { readonly ask: 'fields'; readonly rule: FieldRule };

/** A rule of the policy with conditions on the lead's fields. */
export interface FieldRule {
  readonly kind: 'playbook' | 'track';
  readonly id: string;
}

/** The answer to a question, stored in the row in order. `evidence` is the hash of the snapshot behind it. */
export type RecordedFact =
  | {
      readonly answer: 'route';
      readonly pool: string;
      readonly poolSeq: number;
      readonly rep: string | null;
      readonly evidence: string;
    }
  | {
      readonly answer: 'rep';
      readonly rep: string;
      readonly verdict: 'free' | 'unknown' | 'inactive' | 'at_cap';
    }
  | { readonly answer: 'fields'; readonly rule: FieldRule; readonly fulfilled: boolean };

export type Outcome =
  | {
      readonly type: 'decision';
      readonly transitions: readonly Transition[];
      readonly effects: readonly Effect[];
    }
  | { readonly type: 'refusal'; readonly refusal: Refusal }
  /** Nothing to do: a look that changes nothing. No row is written. */
  | { readonly type: 'nothing' }
  | { readonly type: 'needs'; readonly question: Question };
