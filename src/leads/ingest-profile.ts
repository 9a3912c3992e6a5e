import { isDeepStrictEqual } from 'node:util';
import type { Arrival } from './ingest-check.js';
import type { FieldValue } from './ingest.types.js';
import type { Origin } from './lead-store.js';
import { EMPTY_PROFILE, mergeProfile, scoredFields, type LeadProfile } from './profile-store.js';

type Fields = Readonly<Record<string, FieldValue>>;

/** What the rows of a batch tell of a lead as a person. */
export interface ProfileNews {
  /** Null: nothing new. */
  readonly profile: LeadProfile | null;
  readonly origin: Origin | null;
  /** What scoring looks at, as it was and as it is; before its capture a lead has no fields. */
  readonly before: Fields;
  readonly after: Fields;
  readonly fieldsChanged: boolean;
}

/** Merges what the rows tell into what is known of the person; null for a lead that is new. */
export function newsOf(
  arrivals: readonly Arrival[],
  known: LeadProfile | null,
  origin: Origin,
  isNew: boolean,
) {
  const [oldProfile, telling] = [known ?? EMPTY_PROFILE, arrivals.filter(tells)];
  const profile = telling.reduce(
    (merged, { keys, capture }) => mergeProfile(merged, { keys, ...capture }),
    oldProfile,
  );
  const latest = telling.reduce(
    (before, { capture }) => ({
      ...before,
      latestSource: capture?.source ?? before.latestSource,
      latestCampaign: capture?.campaign ?? before.latestCampaign,
    }),
    origin,
  );
  const before = isNew ? {} : scoredFields(oldProfile, origin);
  const after = scoredFields(profile, latest);
  const news: ProfileNews = {
    profile: isDeepStrictEqual(profile, oldProfile) ? null : profile,
    origin: isDeepStrictEqual(latest, origin) ? null : latest,
    before,
    after,
    fieldsChanged: isNew || !isDeepStrictEqual(before, after),
  };
  return news;
}

/** An event by itself tells at most an e-mail address. */
const tells = ({ keys, capture }: Arrival): boolean => capture !== null || keys.email !== undefined;
