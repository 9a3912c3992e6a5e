import type { Policy } from '../policy/policy.schema.js';
import type { Outcome, RecordedFact } from './decision.js';
import type { Input } from './inputs.js';
import type { Journey } from './journey.js';

/**
 * What one input does to a journey. Pure: the same arguments give the same outcome on any machine, for ever.
 * @param facts answers to the questions asked so far, in order
 */
export declare function decide(
  journey: Journey,
  input: Input,
  facts: readonly RecordedFact[],
  policy: Policy,
): Outcome;
