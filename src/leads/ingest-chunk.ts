import type { EntityManager } from 'typeorm';
import type { Actor } from '../domain/journey/inputs.js';
import { fieldRules } from '../domain/scoring/awards.js';
import type { ScoreEntry } from '../domain/scoring/score.js';
import { type KnownWindows, windowNeeds } from '../domain/scoring/windows.js';
import type { Instant } from '../domain/time.js';
import { Conflict } from '../faults.js';
import type { ApplyTransaction } from './apply-transaction.js';
import { insertEvents, keyOf, knownEvents, takeNew } from './event-store.js';
import { factsIn, type FactsColumn, factsSql } from './fact-store.js';
import type { Arrival } from './ingest-check.js';
import { insertIdentities, resolveRows } from './ingest-identity.js';
import { ingestLead, type LeadWork } from './ingest-lead.js';
import { newsOf } from './ingest-profile.js';
import type { FieldValue, IngestFault, IngestResult } from './ingest.types.js';
import { insertLead, lockLeads, originOf, SCORE_COLUMNS, type ScoreColumns, toLead } from './lead-store.js';
import { EMPTY_PROFILE, type LeadProfile, type Person } from './profile-store.js';
import { readLedgers } from './score-store.js';
import { type LeadNeed, readWindows } from './window-store.js';

type Found = Omit<LeadWork, 'origin' | 'events' | 'news' | 'windows' | 'fieldEntries'> & {
  /** What was known of the person before. */
  readonly person: Person;
};

export const faulty = ({ index }: Arrival, fault: IngestFault): IngestResult => ({
  index,
  status: 'fault',
  fault,
});

/** One transaction's worth of rows: a few reads for all of them, then computing, and the writes at its end. */
export async function ingestRows(
  tx: ApplyTransaction,
  arrivals: readonly Arrival[],
  actor: Actor,
  now: Instant,
): Promise<readonly IngestResult[]> {
  const active = await tx.policies.active(tx.manager, now);
  if (active === null) throw new Conflict('no_active_policy', 'activate a policy before leads come in');

  const known = await knownEvents(
    tx.manager,
    arrivals.flatMap(({ events }) => events),
  );
  const { repeats, fresh } = splitRepeats(arrivals, known);
  const resolved = await resolveRows(tx.manager, fresh, now);
  const results = new Map<number, IngestResult>(repeats.map((result) => [result.index, result]));
  for (const arrival of fresh) {
    const fault = resolved.faults.get(arrival.index);
    if (fault !== undefined) results.set(arrival.index, faulty(arrival, fault));
  }
  await insertIdentities(tx.manager, resolved);

  const rowsOf = groupBy(
    fresh.filter(({ index }) => resolved.leadOf.has(index)),
    ({ index }) => resolved.leadOf.get(index) ?? '',
  );
  const found = [
    ...[...resolved.created].map((lead) => newLead(tx, lead, rowsOf.get(lead) ?? [], active.hash, now)),
    ...(await knownLeads(tx, rowsOf, resolved.created)),
  ];
  for (const work of await prepare(tx, found, active.hash, new Set(known.keys()), now)) {
    await ingestLead(tx, work, active.hash, actor, now);
    const stored = new Set(work.events.map(keyOf));
    for (const [nth, arrival] of work.arrivals.entries()) {
      const status = statusOf(arrival, work.isNew && nth === 0, stored);
      results.set(arrival.index, { index: arrival.index, status, leadId: work.lead.journey.lead });
    }
  }
  return [...results.values()];
}

/** Events that came before go no further: what they would do has been done. */
function splitRepeats(
  arrivals: readonly Arrival[],
  known: ReadonlyMap<string, string>,
): { repeats: IngestResult[]; fresh: Arrival[] } {
  const repeats: IngestResult[] = [];
  const fresh: Arrival[] = [];
  for (const arrival of arrivals) {
    const [event] = arrival.events;
    const leadId = arrival.capture === null && event ? known.get(keyOf(event)) : undefined;
    if (leadId === undefined) fresh.push(arrival);
    else repeats.push({ index: arrival.index, status: 'duplicate', leadId });
  }
  return { repeats, fresh };
}

function newLead(
  tx: ApplyTransaction,
  id: string,
  arrivals: readonly Arrival[],
  policy: string,
  now: Instant,
): Found {
  const from = arrivals.map(({ capture }) => capture).find((capture) => capture?.source != null);
  const [source, campaign] = [from?.source ?? null, from?.campaign ?? null];
  const lead = insertLead(tx.writes, { id, policy, source, campaign, at: now });
  const origin = { source, campaign, latestSource: source, latestCampaign: campaign };
  return { lead, isNew: true, arrivals, person: { profile: EMPTY_PROFILE, origin, facts: [] } };
}

/** Locks the leads that exist already, in the order of their ids. */
async function knownLeads(
  { manager }: ApplyTransaction,
  rowsOf: ReadonlyMap<string, readonly Arrival[]>,
  created: ReadonlySet<string>,
): Promise<readonly Found[]> {
  const ids = [...rowsOf.keys()].filter((id) => !created.has(id));
  if (ids.length === 0) return [];
  const locked = await lockLeads(manager, ids);
  const beside = await readBeside(manager, ids);
  return locked.map((row) => {
    const [arrivals, read] = [rowsOf.get(row.id) ?? [], beside.get(row.id)];
    const profile = (read === undefined ? null : profileOf(read)) ?? EMPTY_PROFILE;
    const person: Person = { profile, origin: originOf(row), facts: read?.facts ?? [] };
    return { lead: toLead(row, read), isNew: false, arrivals, person };
  });
}

type Beside = ScoreColumns & {
  readonly lead_id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly company: string | null;
  readonly phone: string | null;
  readonly title: string | null;
  /** Null: nothing is known of the person. */
  readonly fields: Readonly<Record<string, FieldValue>> | null;
  readonly facts: FactsColumn;
};

/** Score, profile and facts of locked leads. */
async function readBeside(
  manager: EntityManager,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Beside>> {
  const rows = await manager.query<Beside[]>(
    `select w.lead_id, p.email, p.name, p.company, p.phone, p.title, p.fields, ${SCORE_COLUMNS},
            ${factsSql('w.lead_id')} as facts
       from unnest($1::text[]) as w (lead_id)
       left join lead_profile p on p.lead_id = w.lead_id left join score_state s on s.lead_id = w.lead_id`,
    [ids],
  );
  return new Map(rows.map((row) => [row.lead_id, row]));
}

const profileOf = ({ email, name, company, phone, title, fields }: Beside): LeadProfile | null =>
  fields === null ? null : { email, name, company, phone, title, fields };

/** Adds what is new of the events, which are written, and of the person, and what is needed to score them and the changed fields. */
async function prepare(
  tx: ApplyTransaction,
  found: readonly Found[],
  active: string,
  seen: Set<string>,
  now: Instant,
): Promise<readonly LeadWork[]> {
  const withEvents = [];
  for (const { person, ...work } of found) {
    const { lead, isNew, arrivals } = work;
    const brought = arrivals.flatMap(({ events }) => events);
    const events = takeNew(seen, brought, now);
    const policy = await tx.policies.byHash(tx.manager, isNew ? active : lead.journey.policy);
    const news = newsOf(arrivals, person, isNew, factsIn(events, now), policy, now);
    withEvents.push({ ...work, origin: person.origin, events, news });
  }
  const fieldEntries = await readFieldEntries(tx, withEvents);
  const windows = await windowsOf(tx, withEvents);
  const works = withEvents.map((work) => {
    const id = work.lead.journey.lead;
    return { ...work, windows: windows(id), fieldEntries: fieldEntries.get(id) ?? [] };
  });
  insertEvents(
    tx.writes,
    works.flatMap(({ lead, events }) => events.map((event) => ({ lead: lead.journey.lead, event }))),
    now,
  );
  return works;
}

/** The entries that changed fields may reverse. */
async function readFieldEntries(
  { manager, policies }: ApplyTransaction,
  found: readonly Pick<LeadWork, 'lead' | 'news'>[],
): Promise<ReadonlyMap<string, readonly ScoreEntry[]>> {
  const changed = found.filter(({ lead, news }) => news.fieldsChanged && lead.score.version > 0);
  if (changed.length === 0) return new Map();
  const rules = new Set<string>();
  for (const policy of new Set(changed.map(({ lead }) => lead.journey.policy))) {
    for (const { id } of fieldRules((await policies.byHash(manager, policy)).scoring)) rules.add(id);
  }
  const changedLeads = changed.map(({ lead }) => lead.journey.lead);
  return readLedgers(manager, changedLeads, [...rules]);
}

/** Neighbours and windows of new events, where the policy of a lead that was here before looks at them. */
async function windowsOf(
  { manager, policies }: ApplyTransaction,
  found: readonly Pick<LeadWork, 'lead' | 'isNew' | 'events'>[],
): Promise<(lead: string) => KnownWindows> {
  const needs: LeadNeed[] = [];
  for (const { lead, isNew, events } of found) {
    if (isNew || events.length === 0) continue;
    const { scoring } = await policies.byHash(manager, lead.journey.policy);
    for (const need of windowNeeds(scoring, events)) needs.push({ lead: lead.journey.lead, need });
  }
  return readWindows(manager, needs);
}

function statusOf(
  { capture, events }: Arrival,
  isFirst: boolean,
  stored: Set<string>,
): 'created' | 'updated' | 'recorded' | 'duplicate' {
  if (capture !== null) return isFirst ? 'created' : 'updated';
  // Of an event that comes twice in a batch the second is the repeat.
  return events.some((event) => stored.delete(keyOf(event))) ? 'recorded' : 'duplicate';
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
