import { firstDue } from '../domain/journey/decide.js';
import type { Actor } from '../domain/journey/inputs.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { readScore } from '../domain/scoring/read.js';
import type { ScoreEntry } from '../domain/scoring/score.js';
import type { KnownWindows } from '../domain/scoring/windows.js';
import type { Instant } from '../domain/time.js';
import type { Bell } from '../outbox/jobs.js';
import { applyInput, type Applied } from './apply-input.js';
import { save } from './apply-next.js';
import type { ApplyTransaction } from './apply-transaction.js';
import { looksWouldChange, nextWakeUp } from './apply-wake.js';
import type { StoredEvent } from './event-store.js';
import { addSignal } from './intent-store.js';
import { saveFacts } from './fact-store.js';
import { addFact } from './inbox-store.js';
import type { Arrival } from './ingest-check.js';
import { factsOf } from './ingest-facts.js';
import { sortableId } from './ingest-identity.js';
import { recordPast } from './ingest-past.js';
import type { ProfileNews } from './ingest-profile.js';
import { score } from './ingest-score.js';
import type { LeadPast } from './ingest.types.js';
import { saveLatestOrigin, saveLook, type LockedLead, type Origin } from './lead-store.js';
import { saveProfile } from './profile-store.js';
import { saveEntries } from './score-store.js';
import { saveWindows } from './window-store.js';

/** All rows of a batch that are about one lead, and what was read for them. */
export interface LeadWork {
  readonly lead: LockedLead;
  readonly isNew: boolean;
  /** Where the lead came from, as it was before this batch. */
  readonly origin: Origin;
  readonly arrivals: readonly Arrival[];
  /** The events that did not come before. */
  readonly events: readonly StoredEvent[];
  readonly news: ProfileNews;
  /** What the events' neighbours and windows were before. */
  readonly windows: KnownWindows;
  /** The lead's entries of rules for fields, where its fields have changed. */
  readonly fieldEntries: readonly ScoreEntry[];
}

/** Takes in what came about one locked lead, and rings if its journey cares. Reads nothing: the work brings it all. */
export async function ingestLead(
  tx: ApplyTransaction,
  work: LeadWork,
  policyHash: string,
  actor: Actor,
  now: Instant,
): Promise<void> {
  const { isNew, events, news } = work;
  const leadId = work.lead.journey.lead;
  const captured = isNew ? await capture(tx, work, policyHash, actor, now) : null;
  const before = captured?.lead ?? work.lead;
  const policy = await tx.policies.byHash(tx.manager, before.journey.policy);

  if (news.profile !== null) saveProfile(tx.writes, leadId, news.profile, now);
  saveFacts(tx.writes, leadId, news.facts);
  if (news.origin !== null) saveLatestOrigin(tx.writes, leadId, news.origin);
  const scored = score(before, policy, {
    events,
    windows: work.windows,
    fields: news.fieldsChanged ? news.after : null,
    fieldEntries: work.fieldEntries,
    cause: sortableId('ev', now),
    now,
  });
  const after = saveEntries(tx.writes, scored.lead, scored.entries);
  saveWindows(tx.writes, leadId, scored.windows);
  signalIntent(tx, work, policy, now);
  if (news.contactAt !== null && (policy.enrichment?.connectors ?? []).length > 0) {
    tx.jobs.push({ name: 'enrich', payload: { leadId, at: news.contactAt } });
  }
  const past = isNew ? pastOf(work) : undefined;
  if (past !== undefined) return recordPast(tx, after, past, policy, actor, now);
  const facts = factsOf({ leadId, policy, actor, before: news.before, after: news.after, events, now });
  for (const fact of facts) addFact(tx.writes, fact);

  const bell = bellFor(work.lead, after, policy, now, { facts: facts.length, isNew });
  if (bell !== null) tx.jobs.push({ name: 'ring', payload: { leadId, bell } });
  if (captured !== null) {
    save(tx, { row: captured.row, lead: after }, policy, Math.max(after.journey.at, now));
  } else if (scored.entries.length > 0) {
    saveLook(tx.writes, after, readScore(after.score, now, policy.scoring).total);
  }
}

const pastOf = ({ arrivals }: LeadWork): LeadPast | undefined => arrivals[0]?.capture?.past;

/** Row 1 of a new lead. */
function capture(
  tx: ApplyTransaction,
  work: LeadWork,
  policy: string,
  actor: Actor,
  now: Instant,
): Promise<Applied> {
  const { lead, origin, arrivals, news } = work;
  const imported = pastOf(work) !== undefined;
  const occurred = arrivals.flatMap(({ capture: given, events }) => [
    // Of a past nobody guesses when it began.
    given?.occurredAt ?? (imported ? null : (events[0]?.occurredAt ?? null)),
  ])[0];
  return applyInput(
    tx,
    lead,
    {
      kind: 'captured',
      id: 'captured',
      occurred: occurred ?? null,
      actor,
      body: {
        policy,
        source: origin.source,
        campaign: origin.campaign,
        ...(imported ? { imported } : {}),
      },
      personal: null,
    },
    now,
    { fields: news.after },
  );
}

/** What the lead does may be a signal of its account; and a lead that comes to an account has its surges. */
function signalIntent(
  { writes, jobs }: ApplyTransaction,
  { lead, events, news }: LeadWork,
  { scoring: { intent = [] } }: Policy,
  now: Instant,
): void {
  if (intent.length === 0) return;
  const { before: known, after: account } = news.account;
  const signals = events.filter(({ kind }) => intent.some(({ event }) => event === kind));
  if (account !== null) {
    for (const event of signals) addSignal(writes, account, event, now);
    if (signals.length > 0) jobs.push({ name: 'intent.account', payload: { account, after: null } });
  }
  if (account !== known) jobs.push({ name: 'intent.lead', payload: { leadId: lead.journey.lead } });
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
  return came.isNew ? 'score' : scoreBell(before, after, policy, now);
}

/** Whether to ring because the score has changed. */
export function scoreBell(before: LockedLead, after: LockedLead, policy: Policy, now: Instant): Bell | null {
  if (after.score.version === before.score.version) return null;
  const at = Math.max(after.journey.at, now);
  // What is due rings by itself, and a look follows it.
  if (firstDue(after.journey, at) !== null) return null;
  if (looksWouldChange(after, policy, at)) return 'score';
  const next = nextWakeUp(after, policy, at);
  return next !== null && (before.wakeAt === null || next.at < before.wakeAt) ? 'score' : null;
}
