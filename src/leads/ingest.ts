import type { EntityManager } from 'typeorm';
import type { Clock } from '../clock.js';
import { inTransaction, sqlState } from '../db/transaction.js';
import type { Actor } from '../domain/journey/inputs.js';
import { Conflict } from '../faults.js';
import type { ApplyDeps } from './apply.js';
import { withJobs, type ApplyTransaction } from './apply-transaction.js';
import { keyOf, knownEvents } from './event-store.js';
import { faultOf, fromCapture, fromEvent, type Arrival } from './ingest-check.js';
import { insertIdentities, resolveRows } from './ingest-identity.js';
import { ingestLead, type LeadWork } from './ingest-lead.js';
import type { Ingest, IngestFault, IngestResult } from './ingest.types.js';
import { insertLead, lockLeads, type LockedLead } from './lead-store.js';
import { readOrigins, type Origin } from './origin-store.js';
import { readProfiles } from './profile-store.js';

export interface IngestDeps extends ApplyDeps {
  readonly clock: Clock;
}

/** Rows per transaction: few enough that locks are short. */
const CHUNK = 100;

/** Takes in leads and events: valid rows commit, faulty ones are reported by index. */
export function createIngest(deps: IngestDeps): Ingest {
  async function ingest(arrivals: readonly Arrival[], actor: Actor): Promise<readonly IngestResult[]> {
    const results = new Map<number, IngestResult>();
    const valid: Arrival[] = [];
    for (const arrival of arrivals) {
      const fault = faultOf(arrival, deps.clock.now());
      if (fault === null) valid.push(arrival);
      else results.set(arrival.index, faulty(arrival, fault));
    }
    for (let i = 0; i < valid.length; i += CHUNK) {
      for (const result of await ingestChunk(deps, valid.slice(i, i + CHUNK), actor)) {
        results.set(result.index, result);
      }
    }
    return [...results.values()].sort((a, b) => a.index - b.index);
  }
  return {
    captureLeads: (leads, actor) => {
      const now = deps.clock.now();
      return ingest(
        leads.map((lead, i) => fromCapture(lead, i, now)),
        actor,
      );
    },
    recordEvents: (events, actor) => {
      const now = deps.clock.now();
      return ingest(
        events.map((event, i) => fromEvent(event, i, now)),
        actor,
      );
    },
  };
}

const faulty = ({ index }: Arrival, fault: IngestFault): IngestResult => ({ index, status: 'fault', fault });

/** One transaction; if a row cannot be stored, each row its own, so that only that one is lost. */
async function ingestChunk(
  deps: IngestDeps,
  arrivals: readonly Arrival[],
  actor: Actor,
): Promise<readonly IngestResult[]> {
  try {
    return await inTransaction(deps.dataSource, (manager) =>
      withJobs(deps, manager, (tx) => ingestRows(tx, arrivals, actor, deps.clock)),
    );
  } catch (error) {
    const [only, ...others] = arrivals;
    if (!isUnstorable(error) || only === undefined) throw error;
    if (others.length === 0) {
      const detail = 'the database cannot store this row; a text may be too long to be a key';
      return [faulty(only, { code: 'not_storable', path: '', detail })];
    }
    const results: IngestResult[] = [];
    for (const arrival of arrivals) results.push(...(await ingestChunk(deps, [arrival], actor)));
    return results;
  }
}

/** SQLSTATE classes that blame the data: data exception, integrity constraint, limit exceeded. */
const isUnstorable = (error: unknown): boolean =>
  ['22', '23', '54'].includes(sqlState(error)?.slice(0, 2) ?? '');

async function ingestRows(
  tx: ApplyTransaction,
  arrivals: readonly Arrival[],
  actor: Actor,
  clock: Clock,
): Promise<readonly IngestResult[]> {
  const now = clock.now();
  const active = await tx.policies.active(tx.manager);
  if (active === null) throw new Conflict('no_active_policy', 'activate a policy before leads come in');

  const { repeats, fresh } = await splitRepeats(tx.manager, arrivals);
  const resolved = await resolveRows(tx.manager, fresh, now);
  const results = new Map<number, IngestResult>(repeats.map((result) => [result.index, result]));
  for (const arrival of fresh) {
    const fault = resolved.faults.get(arrival.index);
    if (fault !== undefined) results.set(arrival.index, faulty(arrival, fault));
  }

  const rowsOf = groupBy(
    fresh.filter(({ index }) => resolved.leadOf.has(index)),
    ({ index }) => resolved.leadOf.get(index) ?? '',
  );
  const works: LeadWork[] = [];
  for (const lead of resolved.created) {
    works.push(await newLead(tx, lead, rowsOf.get(lead) ?? [], active.hash, now));
  }
  await insertIdentities(tx.manager, resolved);
  works.push(...(await knownLeads(tx, rowsOf, resolved.created)));

  for (const work of works) {
    const stored = await ingestLead(tx, work, active.hash, actor, now);
    const storedKeys = new Set(stored.map(keyOf));
    for (const [nth, arrival] of work.arrivals.entries()) {
      const status = statusOf(arrival, work.isNew && nth === 0, storedKeys);
      results.set(arrival.index, { index: arrival.index, status, leadId: work.lead.journey.lead });
    }
  }
  return [...results.values()];
}

/** Events that came before go no further: what they would do has been done. */
async function splitRepeats(
  manager: EntityManager,
  arrivals: readonly Arrival[],
): Promise<{ repeats: IngestResult[]; fresh: Arrival[] }> {
  const events = arrivals.filter(({ capture }) => capture === null);
  const known = await knownEvents(
    manager,
    events.flatMap((arrival) => arrival.events),
  );
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

async function newLead(
  tx: ApplyTransaction,
  id: string,
  arrivals: readonly Arrival[],
  policy: string,
  now: number,
): Promise<LeadWork> {
  const from = arrivals.map(({ capture }) => capture).find((capture) => capture?.source != null);
  const [source, campaign] = [from?.source ?? null, from?.campaign ?? null];
  const lead = await insertLead(tx.manager, { id, policy, source, campaign, at: now });
  const origin: Origin = { source, campaign, latestSource: source, latestCampaign: campaign };
  return { lead, isNew: true, profile: null, origin, arrivals };
}

/** Locks the leads that exist already, in the order of their ids. */
async function knownLeads(
  tx: ApplyTransaction,
  rowsOf: ReadonlyMap<string, readonly Arrival[]>,
  created: ReadonlySet<string>,
): Promise<readonly LeadWork[]> {
  const ids = [...rowsOf.keys()].filter((id) => !created.has(id));
  if (ids.length === 0) return [];
  const locked: ReadonlyMap<string, LockedLead> = await lockLeads(tx.manager, ids);
  const profiles = await readProfiles(tx.manager, ids);
  const origins = await readOrigins(tx.manager, ids);
  return [...locked].map(([id, lead]) => ({
    lead,
    isNew: false,
    profile: profiles.get(id) ?? null,
    origin: origins.get(id) ?? { source: null, campaign: null, latestSource: null, latestCampaign: null },
    arrivals: rowsOf.get(id) ?? [],
  }));
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
