import type { DataSource, EntityManager } from 'typeorm';
import { instantParam } from '../db/column-types.js';
import type { Instant } from '../domain/time.js';
import type { Job } from '../outbox/jobs.js';
import { type EnrolmentKey, stepJob } from './step-job.js';

export interface Enrolment {
  readonly policy: string;
  /** Steps carried out. */
  readonly done: number;
  /** Null: the track is through, or left. */
  readonly nextAt: Instant | null;
}

/** Null when there is none. */
export async function readEnrolment(
  manager: EntityManager,
  { leadId, track, seq }: EnrolmentKey,
): Promise<Enrolment | null> {
  const [found] = await manager.query<Enrolment[]>(
    `select policy, done, next_at as "nextAt" from track_enrolment
      where lead_id = $1 and track = $2 and seq = $3`,
    [leadId, track, seq],
  );
  return found ?? null;
}

/** Steps that were due before `dueBefore` and whose job nobody holds or waits for: it was given up, or lost. */
export async function stepsLeft(
  dataSource: DataSource,
  dueBefore: Instant,
  limit: number,
): Promise<readonly Job[]> {
  const rows = await dataSource.query<(EnrolmentKey & { readonly nextAt: Instant })[]>(
    `select lead_id as "leadId", track, seq, next_at as "nextAt" from track_enrolment e
      where next_at < $1 and not exists (
        select 1 from graphile_worker._private_jobs j
         where j.key = 'track.step:' || e.lead_id || ':' || e.track || ':' || e.seq
           and j.attempts < j.max_attempts)
      order by next_at limit $2`,
    [instantParam(dueBefore), limit],
  );
  return rows.map(({ nextAt, ...key }) => stepJob(key, nextAt));
}

/** A track that a lead is in. */
export interface OpenTrack {
  readonly track: string;
  readonly enteredAt: Instant;
  /** Steps carried out. */
  readonly done: number;
  readonly nextAt: Instant | null;
}

export const openTracks = (manager: EntityManager, lead: string): Promise<readonly OpenTrack[]> =>
  manager.query<OpenTrack[]>(
    `select track, entered_at as "enteredAt", done, next_at as "nextAt" from track_enrolment
      where lead_id = $1 and left_at is null order by entered_at, track`,
    [lead],
  );
