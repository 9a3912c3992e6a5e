import type { DataSource } from 'typeorm';
import { instantParam } from '../db/column-types.js';
import type { Instant } from '../domain/time.js';

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

/**
 * Frees jobs that a dead process holds: no task takes as long as `lockedBefore` is ago. The queue itself would
 * wait for four hours.
 */
export async function freeAbandonedJobs(dataSource: DataSource, lockedBefore: Instant): Promise<number> {
  const rows = await dataSource.query<{ worker: string }[]>(
    'select distinct locked_by as worker from graphile_worker._private_jobs where locked_at < $1',
    [instantParam(lockedBefore)],
  );
  if (rows.length === 0) return 0;
  await dataSource.query('select graphile_worker.force_unlock_workers($1::text[])', [
    rows.map(({ worker }) => worker),
  ]);
  return rows.length;
}
