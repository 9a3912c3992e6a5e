import type { DataSource } from 'typeorm';
import { instantParam } from '../db/column-types.js';
import { inTransaction } from '../db/transaction.js';
import { type Instant, SECOND } from '../domain/time.js';
import { absent } from './presence.js';

/** Whether a ring is for anybody: a journey that has ended, with no fact waiting, gets no workflow. */
export async function hasSomethingToDo(dataSource: DataSource, leadId: string): Promise<boolean> {
  const rows = await dataSource.query<unknown[]>(
    `select 1 from lead l where l.id = $1
        and (not l.ended
             or exists (select 1 from inbox i where i.lead_id = l.id and i.class = 'fact' and not i.done))`,
    [leadId],
  );
  return rows.length > 0;
}

/**
 * Leads with a fact that came before `receivedBefore` and is not decided. In random order, so that leads which no
 * ring mends keep no other out.
 */
export async function leadsWithOldFacts(
  dataSource: DataSource,
  receivedBefore: Instant,
  limit: number,
): Promise<readonly string[]> {
  const rows = await dataSource.query<{ id: string }[]>(
    `select lead_id as id from inbox where not done and class = 'fact' and received_at < $1
      group by lead_id order by random() limit $2`,
    [instantParam(receivedBefore), limit],
  );
  return rows.map(({ id }) => id);
}

/** Open leads whose wake-up passed before `wokenBefore` without anybody looking, in random order. */
export async function leadsOverslept(
  dataSource: DataSource,
  wakeBefore: Instant,
  limit: number,
): Promise<readonly string[]> {
  const rows = await dataSource.query<{ id: string }[]>(
    'select id from lead where not ended and wake_at < $1 order by random() limit $2',
    [instantParam(wakeBefore), limit],
  );
  return rows.map(({ id }) => id);
}

/** Imports that are not done and whose job nobody holds or waits for: it was given up, or lost. */
export async function importsLeft(dataSource: DataSource): Promise<readonly string[]> {
  const rows = await dataSource.query<{ id: string }[]>(
    `select id from import i
      where state <> 'done' and not exists (
        select 1 from graphile_worker._private_jobs j
         where j.key = 'import:' || i.id and j.attempts < j.max_attempts)
      order by created_at`,
  );
  return rows.map(({ id }) => id);
}

/** A runner shows its presence a moment after it takes its first job. */
const SETTLING = 5 * SECOND;

/**
 * Frees jobs whose runner has died: those of runners that nobody shows, and those held since before `lockedBefore`,
 * which no task takes; a machine that lost its power keeps its sessions. The queue itself would wait for four hours.
 * @param now by the machine's clock, which stamps the queue's locks
 */
export function freeAbandonedJobs(
  dataSource: DataSource,
  now: Instant,
  lockedBefore: Instant,
): Promise<number> {
  return inTransaction(dataSource, async (tx) => {
    const held = await tx.query<{ runner: string; since: Instant }[]>(
      `select locked_by as runner, min(locked_at) as since from graphile_worker._private_jobs
        where locked_at < $1 group by locked_by`,
      [instantParam(now - SETTLING)],
    );
    if (held.length === 0) return 0;
    const gone = await absent(
      tx,
      held.map(({ runner }) => runner),
    );
    const dead = held.filter(({ runner, since }) => since < lockedBefore || gone.includes(runner));
    if (dead.length === 0) return 0;
    await tx.query('select graphile_worker.force_unlock_workers($1::text[])', [
      dead.map(({ runner }) => runner),
    ]);
    return dead.length;
  });
}
