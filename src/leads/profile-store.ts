import type { EntityManager } from 'typeorm';
import type { PendingWrites } from '../db/pending-writes.js';
import { LEAD_PROFILE } from '../db/tables.js';
import { effectiveFields, type SourcedFact } from '../domain/enrichment/effective.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import type { Instant } from '../domain/time.js';
import { type FactsColumn, factsSql } from './fact-store.js';
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

/** All that is known of a lead as a person. */
export interface Person {
  readonly profile: LeadProfile;
  readonly origin: Origin;
  /** What others say of it. */
  readonly facts: readonly SourcedFact[];
}

/** People as they are stored, by lead. */
export async function readPeople(
  manager: EntityManager,
  leads: readonly string[],
): Promise<ReadonlyMap<string, Person>> {
  const people = await manager.query<PersonRow[]>(
    `select l.id as lead, p.email, p.name, p.company, p.phone, p.title, p.fields, l.source, l.campaign,
            l.latest_source as "latestSource", l.latest_campaign as "latestCampaign", ${factsSql('l.id')} as facts
       from lead l left join lead_profile p on p.lead_id = l.id where l.id = any($1)`,
    [leads],
  );
  return new Map(
    people.map(({ lead, facts, email, name, company, phone, title, fields, ...origin }) => [
      lead,
      {
        profile: { email, name, company, phone, title, fields: fields ?? EMPTY_PROFILE.fields },
        origin,
        facts: facts ?? [],
      },
    ]),
  );
}

/** Without a profile all of it is null. */
type PersonRow = { readonly lead: string; readonly facts: FactsColumn } & Origin & {
    readonly [K in keyof LeadProfile]: LeadProfile[K] | null;
  };

/** What fit rules, disqualifiers and playbooks may look at, by name. */
export type Fields = Readonly<Record<string, FieldValue>>;

/** A person's fields as the policy lets them count. */
export const fieldsOf = ({ profile, origin, facts }: Person, policy: Policy): Fields =>
  scoredFields(profile, origin, facts, policy.enrichment?.precedence);

/** What the lead, or whoever captured it, says of itself. */
export const statedFields = ({ fields, company, phone, title }: LeadProfile): Fields => ({
  ...fields,
  company,
  phone,
  title,
});

/** What fit rules and disqualifiers may name: the lead's own fields and those that every lead has. */
export const scoredFields = (
  profile: LeadProfile,
  origin: Origin,
  facts: readonly SourcedFact[] = [],
  precedence: readonly string[] = [],
): Fields => ({
  ...effectiveFields(statedFields(profile), facts, precedence),
  email_domain: profile.email?.split('@').at(-1)?.toLowerCase() ?? null,
  source: origin.source,
  campaign: origin.campaign,
  latest_source: origin.latestSource,
  latest_campaign: origin.latestCampaign,
});
