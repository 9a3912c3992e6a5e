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
