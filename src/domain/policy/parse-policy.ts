import { z } from 'zod';
import { canonical } from '../canonical.js';
import { criteriaOf } from '../qualification/criteria.js';
import { agreementFaults } from './agreement-faults.js';
import { clockFaults } from './clock-faults.js';
import { enrichmentFaults, profilingFaults } from './enrichment-faults.js';
import type { Fault } from './fault.js';
import { playbookFaults } from './playbook-faults.js';
import { type Policy, policySchema } from './policy.schema.js';
import { schemaFaults } from './schema-faults.js';
import { triggerFaults } from './trigger-faults.js';
import { scoringFaults, scoringWarnings } from './scoring-faults.js';

export type ParsedPolicy =
  | {
      readonly ok: true;
      readonly policy: Policy;
      /** The canonical bytes that the policy's hash is made of. */
      readonly text: string;
      readonly warnings: readonly Fault[];
    }
  | { readonly ok: false; readonly faults: readonly Fault[]; readonly warnings: readonly Fault[] };

/**
 * Takes a policy document (JSON, or YAML as its parser returns it) whole or refuses it whole, with every
 * fault at once: those of its shape, and if that is right, those of its meaning. Nothing is filled in or
 * corrected: the text is what was agreed.
 */
export function parsePolicy(value: unknown): ParsedPolicy {
  const parsed = policySchema.safeParse(value);
  if (!parsed.success) {
    return { ok: false, faults: schemaFaults(policySchema, value, parsed.error), warnings: [] };
  }
  const policy = parsed.data;
  const warnings = scoringWarnings(policy.scoring);
  const faults = [
    ...scoringFaults(
      policy.scoring,
      criteriaOf(policy.qualification).map(({ id }) => id),
    ),
    ...agreementFaults(policy),
    ...clockFaults(policy),
    ...triggerFaults(policy),
    ...playbookFaults(policy),
    ...profilingFaults(policy),
    ...enrichmentFaults(policy),
  ];
  if (faults.length > 0) return { ok: false, faults, warnings };
  return { ok: true, policy, text: canonical(policy), warnings };
}

/** The shape of a policy as JSON Schema 2020-12. {@link parsePolicy} also checks what a schema cannot say. */
export const policyJsonSchema = (): Readonly<Record<string, unknown>> => ({
  ...z.toJSONSchema(policySchema, { target: 'draft-2020-12' }),
});
