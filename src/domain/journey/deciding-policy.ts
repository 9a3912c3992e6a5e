import type { Input } from './inputs.js';
import type { Journey } from './journey.js';

/** As much of an input as says which policy decides about it. */
type Deciding = {
  readonly [K in Input['kind']]: Pick<Extract<Input, { kind: K }>, 'kind' | 'body'>;
}[Input['kind']];

/**
 * Hash of the policy that decides about an input: the one that the journey keeps, but its first one comes with
 * the capture, and a migration is decided by the policy that it brings. Null: the lead has not been captured.
 */
export function decidingPolicy(journey: Journey, { kind, body }: Deciding): string | null {
  if (journey.policy === '') return kind === 'captured' ? body.policy : null;
  if (journey.handOff !== null) return journey.policy;
  if (kind === 'policy_migrated') return body.to;
  if (kind === 'pending_policy') return journey.pendingPolicy?.to ?? journey.policy;
  return journey.policy;
}
