import type { EntityManager } from 'typeorm';
import { instantParam } from '../db/column-types.js';
import type { PendingWrites } from '../db/pending-writes.js';
import { INTENT_SIGNAL } from '../db/tables.js';
import type { IntentSignal } from '../domain/scoring/intent.js';
import type { Instant } from '../domain/time.js';
import { ACCOUNT_SQL } from './account.js';
import type { StoredEvent } from './event-store.js';
import type { FieldValue } from './ingest.types.js';

const topicOf = ({ topic }: Readonly<Record<string, FieldValue>>): string | null =>
  typeof topic === 'string' ? topic : null;

/** Writes a signal of an account; one that came before is left as it is. */
export const addSignal = (writes: PendingWrites, account: string, event: StoredEvent, now: Instant): void =>
  writes.insert(INTENT_SIGNAL, {
    source: event.source,
    event_id: event.id,
    id: event.eventId,
    account,
    kind: event.kind,
    topic: topicOf(event.properties),
    occurred_at: event.occurredAt,
    recorded_at: now,
  });

/** Those of the signals that are here already, as `source id`. */
export async function knownSignals(
  manager: EntityManager,
  signals: readonly { readonly source: string; readonly id: string }[],
): Promise<ReadonlySet<string>> {
  const rows = await manager.query<{ source: string; id: string }[]>(
    `select s.source, s.event_id as id
       from unnest($1::text[], $2::text[]) as w (source, event_id) join intent_signal s using (source, event_id)`,
    [signals.map(({ source }) => source), signals.map(({ id }) => id)],
  );
  return new Set(rows.map(({ source, id }) => `${source} ${id}`));
}

interface SignalRow {
  readonly source: string;
  readonly event_id: string;
  readonly id: string;
  readonly kind: string;
  readonly topic: string | null;
  readonly occurred_at: Instant;
}

/** What an account has signalled since an instant. */
export async function readSignals(
  manager: EntityManager,
  account: string,
  since: Instant,
): Promise<readonly IntentSignal[]> {
  const rows = await manager.query<SignalRow[]>(
    `select source, event_id, id, kind, topic, occurred_at from intent_signal
      where account = $1 and occurred_at >= $2 order by occurred_at, id`,
    [account, instantParam(since)],
  );
  return rows.map(toSignal);
}

const toSignal = ({ source, event_id, id, kind, topic, occurred_at }: SignalRow): IntentSignal => ({
  ...{ source, id: event_id, signalId: id, kind, topic, occurred: occurred_at },
});

/** Everything that these accounts have signalled, by account. */
export async function readAllSignals(
  manager: EntityManager,
  accounts: readonly string[],
): Promise<ReadonlyMap<string, readonly IntentSignal[]>> {
  const found = new Map<string, IntentSignal[]>();
  if (accounts.length === 0) return found;
  const rows = await manager.query<(SignalRow & { readonly account: string })[]>(
    `select account, source, event_id, id, kind, topic, occurred_at from intent_signal
      where account = any($1) order by account, occurred_at, id`,
    [[...new Set(accounts)]],
  );
  for (const { account, ...row } of rows) {
    const signals = found.get(account);
    if (signals === undefined) found.set(account, [toSignal(row)]);
    else signals.push(toSignal(row));
  }
  return found;
}

/** Leads of an account in the order of their ids, after `after`. */
export async function leadsOfAccount(
  manager: EntityManager,
  account: string,
  after: string | null,
  limit: number,
): Promise<readonly string[]> {
  const rows = await manager.query<{ id: string }[]>(
    `select p.lead_id as id from lead_profile p
      where ${ACCOUNT_SQL} = $1 and ($2::text is null or p.lead_id > $2) order by p.lead_id limit $3`,
    [account, after, limit],
  );
  return rows.map(({ id }) => id);
}

/** What tells a lead's account. */
export async function readAccountFields(
  manager: EntityManager,
  lead: string,
): Promise<Readonly<Record<string, FieldValue>>> {
  const [row] = await manager.query<{ company_domain: string | null; email_domain: string | null }[]>(
    `select p.fields ->> 'company_domain' as company_domain, split_part(p.email, '@', -1) as email_domain
       from lead_profile p where p.lead_id = $1`,
    [lead],
  );
  return { ...row };
}
