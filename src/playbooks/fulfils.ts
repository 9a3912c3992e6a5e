import type { FieldRule } from '../domain/journey/decision.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { holds } from '../domain/scoring/condition.js';

/** Whether the fields fulfil every condition of a rule. */
export function fulfils(
  policy: Policy,
  { kind, id }: FieldRule,
  fields: Readonly<Record<string, unknown>>,
): boolean {
  const rules = (kind === 'playbook' ? policy.playbooks : policy.tracks) ?? [];
  const when = rules.find((rule) => rule.id === id)?.when ?? {};
  return Object.entries(when).every(([field, condition]) => holds(condition, fields[field]));
}
