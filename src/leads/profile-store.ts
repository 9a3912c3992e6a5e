import type { EntityManager } from 'typeorm';
import { instantParam } from '../db/column-types.js';
import type { Instant } from '../domain/time.js';
import type { FieldValue, LeadCapture } from './ingest.types.js';
import type { Origin } from './origin-store.js';

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

export async function readProfiles(
  manager: EntityManager,
  leads: readonly string[],
): Promise<ReadonlyMap<string, LeadProfile>> {
  const rows = await manager.query<(LeadProfile & { lead_id: string })[]>(
    'select lead_id, email, name, company, phone, title, fields from lead_profile where lead_id = any($1)',
    [leads],
  );
  return new Map(rows.map(({ lead_id, ...profile }) => [lead_id, profile]));
}

export async function saveProfile(
  manager: EntityManager,
  lead: string,
  { email, name, company, phone, title, fields }: LeadProfile,
  at: Instant,
): Promise<void> {
  await manager.query(
    `insert into lead_profile (lead_id, email, name, company, phone, title, fields, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8)
     on conflict (lead_id) do update
       set email = excluded.email, name = excluded.name, company = excluded.company, phone = excluded.phone,
           title = excluded.title, fields = excluded.fields, updated_at = excluded.updated_at`,
    [lead, email, name, company, phone, title, JSON.stringify(fields), instantParam(at)],
  );
}

/** What fit rules and disqualifiers may name: the lead's own fields and those that every lead has. */
export function scoredFields(profile: LeadProfile, origin: Origin): Readonly<Record<string, FieldValue>> {
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
