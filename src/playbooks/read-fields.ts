import type { EntityManager } from 'typeorm';
import type { FieldRule } from '../domain/journey/decision.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { holds } from '../domain/scoring/condition.js';
import type { FieldValue } from '../leads/ingest.types.js';
import { EMPTY_PROFILE, type LeadProfile, scoredFields } from '../leads/profile-store.js';
import type { Origin } from '../leads/lead-store.js';

/** What conditions may look at, by name. */
export type Fields = Readonly<Record<string, FieldValue>>;

/** The lead's fields as they are stored. */
export async function readFields(manager: EntityManager, lead: string): Promise<Fields> {
  const [found] = await manager.query<
    (Omit<LeadProfile, 'fields'> & Origin & { readonly fields: LeadProfile['fields'] | null })[]
  >(
    `select p.email, p.name, p.company, p.phone, p.title, p.fields, l.source, l.campaign,
            l.latest_source as "latestSource", l.latest_campaign as "latestCampaign"
       from lead l left join lead_profile p on p.lead_id = l.id where l.id = $1`,
    [lead],
  );
  if (found === undefined) throw new Error(`there is no lead ${lead}`);
  return scoredFields({ ...found, fields: found.fields ?? EMPTY_PROFILE.fields }, found);
}

/** Whether the fields fulfil every condition of a rule. */
export function fulfils(policy: Policy, { kind, id }: FieldRule, fields: Fields): boolean {
  const rules = (kind === 'playbook' ? policy.playbooks : policy.tracks) ?? [];
  const when = rules.find((rule) => rule.id === id)?.when ?? {};
  return Object.entries(when).every(([field, condition]) => holds(condition, fields[field]));
}
