import type { EntityManager } from 'typeorm';
import type { PendingWrites } from '../db/pending-writes.js';
import { LEAD_PROFILE } from '../db/tables.js';
import type { Instant } from '../domain/time.js';
import type { FieldValue, LeadCapture } from './ingest.types.js';
import type { Origin } from './lead-store.js';

/** What is known of a lead as a person: kept apart from everything that is hashed. */
export interface LeadProfile {
  readonly email: string | null;
  readonly name: string | null;
  readonly company: string | null;
  readonly phone: string | null;
  readonly title: string | null;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

export const EMPTY_PROFILE: LeadProfile = {
  email: null,
  name: null,
  company: null,
  phone: null,
  title: null,
  fields: {},
};

/** The profile after a capture: absent parts stay, null empties. */
export function mergeProfile(profile: LeadProfile, { keys, ...patch }: LeadCapture): LeadProfile {
  const fields = Object.entries({ ...profile.fields, ...patch.fields }).filter(([, value]) => value !== null);
  const pick = (given: string | null | undefined, known: string | null): string | null =>
    given === undefined ? known : given;
  return {
    email: keys.email?.trim() ?? profile.email,
    name: pick(patch.name, profile.name),
    company: pick(patch.company, profile.company),
    phone: pick(patch.phone, profile.phone),
    title: pick(patch.title, profile.title),
    fields: Object.fromEntries(fields),
  };
}

export const saveProfile = (writes: PendingWrites, lead: string, profile: LeadProfile, at: Instant): void =>
  writes.insert(LEAD_PROFILE, { lead_id: lead, ...profile, updated_at: at });

/** The fields of leads as they are stored, by lead. */
export async function readFields(
  manager: EntityManager,
  leads: readonly string[],
): Promise<ReadonlyMap<string, Fields>> {
  const people = await manager.query<PersonRow[]>(
    `select l.id as lead, p.email, p.name, p.company, p.phone, p.title, p.fields, l.source, l.campaign,
            l.latest_source as "latestSource", l.latest_campaign as "latestCampaign"
       from lead l left join lead_profile p on p.lead_id = l.id where l.id = any($1)`,
    [leads],
  );
  return new Map(
    people.map(({ lead, fields, ...person }) => [
      lead,
      scoredFields({ ...person, fields: fields ?? EMPTY_PROFILE.fields }, person),
    ]),
  );
}

/** Without a profile all of it is null. */
type PersonRow = { readonly lead: string } & Origin & {
    readonly [K in keyof LeadProfile]: LeadProfile[K] | null;
  };

/** What fit rules, disqualifiers and playbooks may look at, by name. */
export type Fields = Readonly<Record<string, FieldValue>>;

/** What fit rules and disqualifiers may name: the lead's own fields and those that every lead has. */
export function scoredFields(profile: LeadProfile, origin: Origin): Fields {
  return {
    ...profile.fields,
    email_domain: profile.email?.split('@').at(-1)?.toLowerCase() ?? null,
    company: profile.company,
    phone: profile.phone,
    title: profile.title,
    source: origin.source,
    campaign: origin.campaign,
    latest_source: origin.latestSource,
    latest_campaign: origin.latestCampaign,
  };
}
