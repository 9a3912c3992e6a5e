import { randomFillSync } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { prepared } from '../db/prepared.js';
import { ConcurrentChange } from '../db/transaction.js';
import type { Instant } from '../domain/time.js';
import type { Arrival } from './ingest-check.js';
import type { IngestFault } from './ingest.types.js';

interface Identity {
  readonly kind: 'external' | 'email';
  /** The system that gave an external id; empty for an e-mail. */
  readonly source: string;
  readonly value: string;
}

const keyOf = ({ kind, source, value }: Identity): string => JSON.stringify([kind, source, value]);

/** An e-mail address as it is compared. */
export const normaliseEmail = (email: string): string => email.trim().toLowerCase();

/** An id that sorts by time: 48 bits of milliseconds, 80 random ones. */
export const sortableId = (prefix: 'ld' | 'ev', at: Instant): string =>
  `${prefix}_${Math.max(at, 0).toString(16).padStart(12, '0')}${randomHex()}`;

const RANDOM_BYTES = 10;
/** Fetched for many ids at once: each fetch costs more than an id. */
const drawn = Buffer.alloc(400 * RANDOM_BYTES);
let used = drawn.length;

function randomHex(): string {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += RANDOM_BYTES;
  return drawn.toString('hex', used - RANDOM_BYTES, used);
}

export interface Resolved {
  /** Lead of each row by its index; a row with a fault has none. */
  readonly leadOf: ReadonlyMap<number, string>;
  /** Leads that do not exist yet, in the order of their first row. */
  readonly created: ReadonlySet<string>;
  readonly faults: ReadonlyMap<number, IngestFault>;
  /** Identities to insert. */
  readonly added: readonly (Identity & { readonly lead: string })[];
}

/** Finds the lead of each row: row by row, so that a later one sees what an earlier one has brought. */
export async function resolveRows(
  manager: EntityManager,
  arrivals: readonly Arrival[],
  now: Instant,
): Promise<Resolved> {
  const known = await loadKnown(manager, arrivals);
  const leadOf = new Map<number, string>();
  const created = new Set<string>();
  const faults = new Map<number, IngestFault>();
  const added: (Identity & { lead: string })[] = [];

  for (const arrival of arrivals) {
    const found = findLead(arrival, known);
    if (typeof found === 'object' && found !== null) {
      faults.set(arrival.index, found);
      continue;
    }
    if (found !== null && arrival.capture?.past !== undefined) {
      const detail = `lead ${found} is here already`;
      faults.set(arrival.index, { code: 'not_new', path: '', detail, leads: [found] });
      continue;
    }
    const lead = found ?? sortableId('ld', now);
    if (found === null) created.add(lead);
    leadOf.set(arrival.index, lead);
    for (const identity of identitiesOf(arrival)) {
      if (known.leadOf.has(keyOf(identity))) continue;
      known.leadOf.set(keyOf(identity), lead);
      if (identity.kind === 'external') known.sources.add(sourceKey(lead, identity.source));
      added.push({ ...identity, lead });
    }
  }
  return { leadOf, created, faults, added };
}

/**
 * Inserts identities in their order, before their leads exist: so whoever brings the same ones waits here, before any
 * lock of a lead. @throws ConcurrentChange when another transaction took one first.
 */
export async function insertIdentities(manager: EntityManager, { added }: Resolved): Promise<void> {
  if (added.length === 0) return;
  const sorted = [...added].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const inserted = await prepared(
    manager,
    `insert into identity (kind, source, value, lead_id)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
     on conflict do nothing returning 1`,
    [
      sorted.map(({ kind }) => kind),
      sorted.map(({ source }) => source),
      sorted.map(({ value }) => value),
      sorted.map(({ lead }) => lead),
    ],
  );
  if (inserted.length < sorted.length) throw new ConcurrentChange('another request brought the same lead');
}

function identitiesOf({ keys }: Arrival): Identity[] {
  const external = (keys.externalIds ?? []).map(({ source, id }): Identity => ({
    kind: 'external',
    source,
    value: id,
  }));
  if (keys.email === undefined) return external;
  return [...external, { kind: 'email', source: '', value: normaliseEmail(keys.email) }];
}

interface Known {
  readonly leadOf: Map<string, string>;
  /** Which lead has an external id of which system. */
  readonly sources: Set<string>;
  readonly ids: ReadonlySet<string>;
}

const sourceKey = (lead: string, source: string): string => JSON.stringify([lead, source]);

async function loadKnown(manager: EntityManager, arrivals: readonly Arrival[]): Promise<Known> {
  const wanted = arrivals.flatMap(identitiesOf);
  const rows = await lockIdentities(manager, wanted);
  const byEmail = rows.filter(({ kind }) => kind === 'email').map(({ lead_id }) => lead_id);
  const others = await readExternal(manager, byEmail);
  const named = arrivals.flatMap(({ keys }) => (keys.id === undefined ? [] : [keys.id]));
  const ids = await readIds(manager, named);
  return {
    leadOf: new Map(rows.map((row) => [keyOf(row), row.lead_id])),
    sources: new Set(others.map(({ lead_id, source }) => sourceKey(lead_id, source))),
    ids: new Set(ids.map(({ id }) => id)),
  };
}

/** In the order in which everybody locks them. */
async function lockIdentities(
  manager: EntityManager,
  wanted: readonly Identity[],
): Promise<readonly (Identity & { lead_id: string })[]> {
  if (wanted.length === 0) return [];
  return prepared<Identity & { lead_id: string }>(
    manager,
    `select i.kind, i.source, i.value, i.lead_id
       from identity i
       join (select distinct * from unnest($1::text[], $2::text[], $3::text[]) as w (kind, source, value)) w
         using (kind, source, value)
      order by i.kind, i.source, i.value for no key update of i`,
    [wanted.map(({ kind }) => kind), wanted.map(({ source }) => source), wanted.map(({ value }) => value)],
  );
}

async function readExternal(
  manager: EntityManager,
  leads: readonly string[],
): Promise<readonly { lead_id: string; source: string }[]> {
  if (leads.length === 0) return [];
  return manager.query<{ lead_id: string; source: string }[]>(
    `select lead_id, source from identity where lead_id = any($1) and kind = 'external'`,
    [leads],
  );
}

async function readIds(manager: EntityManager, named: readonly string[]): Promise<readonly { id: string }[]> {
  if (named.length === 0) return [];
  return manager.query<{ id: string }[]>('select id from lead where id = any($1)', [named]);
}

/** The lead that a row means; null: a new one. */
function findLead(arrival: Arrival, known: Known): string | IngestFault | null {
  const { id } = arrival.keys;
  if (id !== undefined && !known.ids.has(id)) {
    return { code: 'unknown_lead', path: '/id', detail: `there is no lead ${id}` };
  }
  const identities = identitiesOf(arrival);
  const external = identities.filter(({ kind }) => kind === 'external');
  const sure = new Set(id === undefined ? [] : [id]);
  for (const identity of external) {
    const lead = known.leadOf.get(keyOf(identity));
    if (lead !== undefined) sure.add(lead);
  }
  const email = identities.find(({ kind }) => kind === 'email');
  const byEmail = email && known.leadOf.get(keyOf(email));
  // A system that knows the e-mail's lead by another id says that this is somebody else: its id wins.
  const isOther =
    byEmail !== undefined &&
    sure.size === 0 &&
    external.some(({ source }) => known.sources.has(sourceKey(byEmail, source)));
  if (byEmail !== undefined && !isOther) sure.add(byEmail);
  const [first = null, second] = [...sure].sort();
  if (second === undefined) return first;
  return {
    code: 'identity_conflict',
    path: '',
    detail: `these keys belong to different leads: ${[...sure].sort().join(', ')}`,
    leads: [...sure].sort(),
  };
}
