import type { DataSource, EntityManager } from 'typeorm';
import { instantParam } from '../db/column-types.js';
import type { Instant } from '../domain/time.js';

/** A delivery that waits, with what it says and where it goes. */
export interface PendingDelivery {
  readonly id: string;
  readonly leadId: string;
  readonly seq: number;
  readonly about: string;
  /** Not empty: it comes from a step of a track, which no row has caused. */
  readonly part: string;
  /** The playbook or track that says it, with the track's step; null for what Baton itself says. */
  readonly rule: string | null;
  readonly step: number | null;
  readonly topic: string | null;
  readonly text: string | null;
  readonly recipientKind: string;
  readonly recipient: string | null;
  readonly createdAt: Instant;
  readonly stage: string | null;
  readonly level: string | null;
  readonly url: string;
  readonly secret: string;
  readonly active: boolean;
  /** This attempt's number, from 1. */
  readonly attempt: number;
}

/**
 * Counts an attempt before it is made, so that one that dies counts, too. Null when the delivery waits no more.
 * The stage is that of the row which caused the delivery: every attempt says the same.
 */
export async function beginAttempt(dataSource: DataSource, id: string): Promise<PendingDelivery | null> {
  const [rows] = await dataSource.query<[PendingDelivery[], number]>(
    `update delivery d set attempts = d.attempts + 1
       from webhook w
       where d.id = $1 and d.status = 'pending' and w.id = d.webhook_id
     returning d.id, d.lead_id as "leadId", d.seq, d.about, d.part,
               d.rule, d.step, d.topic, d.text, d.recipient_kind as "recipientKind", d.recipient,
               d.created_at as "createdAt", d.attempts as attempt, w.url, w.secret, w.active,
               (select stage from stage_entry s where s.lead_id = d.lead_id and s.seq <= d.seq
                 order by s.seq desc, s.i desc limit 1) as stage,
               (select level from stage_entry s where s.lead_id = d.lead_id and s.seq <= d.seq
                 order by s.seq desc, s.i desc limit 1) as level`,
    [id],
  );
  return rows[0] ?? null;
}

export async function noteError(dataSource: DataSource, id: string, error: string): Promise<void> {
  await dataSource.query(`update delivery set last_error = $2 where id = $1 and status = 'pending'`, [
    id,
    error,
  ]);
}

/** Settles a delivery that waits; false when somebody else has settled it. */
export async function settle(
  manager: EntityManager,
  id: string,
  status: 'delivered' | 'dead',
  error: string | null,
  at: Instant,
): Promise<boolean> {
  const [, settled] = await manager.query<[unknown[], number]>(
    `update delivery set status = $2, last_error = coalesce($3, last_error), done_at = $4
      where id = $1 and status = 'pending'`,
    [id, status, error, instantParam(at)],
  );
  return settled > 0;
}
