import { canonical } from '../domain/canonical.js';
import { firstDue } from '../domain/journey/decide.js';
import type { Actor } from '../domain/journey/inputs.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { readScore } from '../domain/scoring/read.js';
import type { Instant } from '../domain/time.js';
import type { Bell } from '../outbox/jobs.js';
import { applyInput, type Applied } from './apply-input.js';
import { finish } from './apply-next.js';
import type { ApplyTransaction } from './apply-transaction.js';
import { looksWouldChange, nextWakeUp } from './apply-wake.js';
import { insertEvents, type StoredEvent } from './event-store.js';
import { storeFact } from './inbox-store.js';
import type { Arrival } from './ingest-check.js';
import { factsOf } from './ingest-facts.js';
import { sortableId } from './ingest-identity.js';
import { score } from './ingest-score.js';
import { saveLook, type LockedLead } from './lead-store.js';
import { EMPTY_PROFILE, mergeProfile, saveProfile, scoredFields, type LeadProfile } from './profile-store.js';
import { saveLatestOrigin, type Origin } from './origin-store.js';

/** All rows of a batch that are about one lead. */
export interface LeadWork {
  readonly lead: LockedLead;
  readonly isNew: boolean;
  readonly profile: LeadProfile | null;
  readonly origin: Origin;
  readonly arrivals: readonly Arrival[];
}

/** Takes in what came about one locked lead, and rings if its journey cares. Gives the events that were new. */
export async function ingestLead(
  tx: ApplyTransaction,
  work: LeadWork,
  policyHash: string,
  actor: Actor,
  now: Instant,
): Promise<readonly StoredEvent[]> {
  const { isNew, arrivals } = work;
  const leadId = work.lead.journey.lead;
  const captured = isNew ? await capture(tx, work, policyHash, actor, now) : null;
  const before = captured?.lead ?? work.lead;
  const policy = await tx.policies.byHash(tx.manager, before.journey.policy);

  const fields = await takeProfile(tx, work, now);
  const events = await insertEvents(
    tx.manager,
    leadId,
    arrivals.flatMap((arrival) => arrival.events),
    now,
  );
  const after = await score(tx.manager, before, policy, {
    events,
    fields: isNew || fields.changed ? fields.after : null,
    cause: sortableId('ev', now),
    now,
  });
  const facts = factsOf({ leadId, policy, actor, before: fields.before, after: fields.after, events, now });
  for (const fact of facts) await storeFact(tx.manager, fact);

  const bell = bellFor(work.lead, after, policy, now, { facts: facts.length, isNew });
  if (bell !== null) tx.jobs.push({ name: 'ring', payload: { leadId, bell } });
  if (captured !== null) {
    await finish(tx, { ...captured, lead: after }, Math.max(after.journey.at, now), null, false);
  } else if (after !== before) {
    await saveLook(tx.manager, after, readScore(after.score, now, policy.scoring).total);
  }
  return events;
}

/** Row 1 of a new lead. */
function capture(
  tx: ApplyTransaction,
  { lead, origin, arrivals }: LeadWork,
  policy: string,
  actor: Actor,
  now: Instant,
): Promise<Applied> {
  const occurred = arrivals.flatMap(({ capture: given, events }) => [
    given?.occurredAt ?? events[0]?.occurredAt ?? null,
  ])[0];
  return applyInput(
    tx,
    lead,
    {
      kind: 'captured',
      id: 'captured',
      occurred: occurred ?? null,
      actor,
      body: { policy, source: origin.source, campaign: origin.campaign },
      personal: null,
    },
    now,
  );
}

/** Merges what the rows tell of the person; fields before and after are what scoring looks at. */
async function takeProfile(tx: ApplyTransaction, work: LeadWork, now: Instant) {
  const leadId = work.lead.journey.lead;
  const known = work.profile ?? EMPTY_PROFILE;
  const profile = work.arrivals.reduce(
    (merged, { keys, capture: given }) => mergeProfile(merged, { keys, ...given }),
    known,
  );
  const origin = work.arrivals.reduce(
    (latest, { capture: given }) => ({
      ...latest,
      latestSource: given?.source ?? latest.latestSource,
      latestCampaign: given?.campaign ?? latest.latestCampaign,
    }),
    work.origin,
  );
  const before = work.isNew ? {} : scoredFields(known, work.origin);
  const after = scoredFields(profile, origin);
  if (canonical(profile) !== canonical(known)) await saveProfile(tx.manager, leadId, profile, now);
  if (canonical(origin) !== canonical(work.origin)) await saveLatestOrigin(tx.manager, leadId, origin);
  return { before, after, changed: canonical(before) !== canonical(after) };
}

/** Which bell to ring, if any: at most one, so that a capture with a raised hand starts one workflow task. */
function bellFor(
  before: LockedLead,
  after: LockedLead,
  policy: Policy,
  now: Instant,
  came: { readonly facts: number; readonly isNew: boolean },
): Bell | null {
  if (came.facts > 0) return 'fact';
  if (came.isNew) return 'score';
  if (after.score.version === before.score.version) return null;
  const at = Math.max(after.journey.at, now);
  // What is due rings by itself, and a look follows it.
  if (firstDue(after.journey, at) !== null) return null;
  if (looksWouldChange(after, policy, at)) return 'score';
  const next = nextWakeUp(after, policy, at);
  return next !== null && (before.wakeAt === null || next.at < before.wakeAt) ? 'score' : null;
}
