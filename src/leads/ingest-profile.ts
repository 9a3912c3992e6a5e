import { isDeepStrictEqual } from 'node:util';
import { newestFacts, type SourcedFact } from '../domain/enrichment/effective.js';
import { CONNECTORS } from '../domain/enrichment/sources.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import type { Instant } from '../domain/time.js';
import { accountOf } from './account.js';
import type { Arrival } from './ingest-check.js';
import { type Fields, fieldsOf, mergeProfile, type LeadProfile, type Person } from './profile-store.js';
import type { Origin } from './lead-store.js';

/** What the rows of a batch tell of a lead as a person. */
export interface ProfileNews {
  /** Null: nothing new. */
  readonly profile: LeadProfile | null;
  readonly origin: Origin | null;
  /** Facts that are the newest of their source. */
  readonly facts: readonly SourcedFact[];
  /** What scoring looks at, as it was and as it is; before its capture a lead has no fields. */
  readonly before: Fields;
  readonly after: Fields;
  readonly fieldsChanged: boolean;
  /** What connectors look at has changed, at this instant: address, telephone or country; null: it has not. */
  readonly contactAt: Instant | null;
  /** The account before and after, as the lead itself tells it; null: none. */
  readonly account: { readonly before: string | null; readonly after: string | null };
}

/**
 * Merges what the rows tell into what is known of the person.
 * @param come facts that the rows' new events bring
 */
export function newsOf(
  arrivals: readonly Arrival[],
  known: Person,
  isNew: boolean,
  come: readonly SourcedFact[],
  policy: Policy,
  now: Instant,
): ProfileNews {
  const telling = arrivals.filter(tells);
  const profile = telling.reduce(
    (merged, { keys, capture }) => mergeProfile(merged, { keys, ...capture }),
    known.profile,
  );
  const origin = telling.reduce(
    (before, { capture }) => ({
      ...before,
      latestSource: capture?.source ?? before.latestSource,
      latestCampaign: capture?.campaign ?? before.latestCampaign,
    }),
    known.origin,
  );
  const facts = newestFacts([...known.facts, ...come]);
  const person: Person = { profile, origin, facts };
  const before = isNew ? {} : fieldsOf(known, policy);
  const after = fieldsOf(person, policy);
  const differs = (field: string): boolean => (before[field] ?? null) !== (after[field] ?? null);
  const contactChanged = profile.email !== known.profile.email || differs('phone') || differs('country');
  return {
    profile: isDeepStrictEqual(profile, known.profile) ? null : profile,
    origin: isDeepStrictEqual(origin, known.origin) ? null : origin,
    facts: facts.filter((fact) => come.includes(fact)),
    before,
    after,
    fieldsChanged: isNew || !isDeepStrictEqual(before, after),
    contactAt: contactChanged ? laterThan(known.facts, now) : null,
    account: {
      before: isNew ? null : accountOf(ownFields(known, policy)),
      after: accountOf(ownFields(person, policy)),
    },
  };
}

/** Clocks of two processes differ: what connectors find now is newer than what they found before all the same. */
const laterThan = (facts: readonly SourcedFact[], now: Instant): Instant =>
  facts
    .filter(({ source }) => CONNECTORS.some((connector) => connector === source))
    .reduce((at, { occurred }) => Math.max(at, occurred + 1), now);

const ownFields = (person: Person, policy: Policy): Fields => fieldsOf({ ...person, facts: [] }, policy);

/** An event by itself tells at most an e-mail address. */
const tells = ({ keys, capture }: Arrival): boolean => capture !== null || keys.email !== undefined;
