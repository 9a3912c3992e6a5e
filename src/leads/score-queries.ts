import type { DataSource } from 'typeorm';
import type { Clock } from '../clock.js';
import { emptyScore } from '../domain/scoring/fold.js';
import { readScore } from '../domain/scoring/read.js';
import type { GroupSums, ScoreEntry, ScoreReading } from '../domain/scoring/score.js';
import type { Instant } from '../domain/time.js';
import type { PolicyStore } from '../policies/policy-store.js';
import { leadIdOf } from './lead-queries.js';

export interface ScoreNow {
  readonly at: Instant;
  readonly policy: string;
  readonly reading: ScoreReading;
  /** Newest first. */
  readonly entries: readonly ScoreEntry[];
}

export type ScoreQueries = ReturnType<typeof createScoreQueries>;

export function createScoreQueries(deps: { dataSource: DataSource; clock: Clock; policies: PolicyStore }) {
  const { manager } = deps.dataSource;
  return {
    /** The score as it reads now, and a page of its ledger: entries with a number below `before`. */
    async score(ref: string, before: number | null, limit: number): Promise<ScoreNow> {
      const id = await leadIdOf(manager, ref);
      const [lead] = await manager.query<
        { policy: string; version: number | null; sums: string | null; last_event_at: Instant | null }[]
      >(
        `select l.policy, s.version, s.sums, s.last_event_at
           from lead l left join score_state s on s.lead_id = l.id where l.id = $1`,
        [id],
      );
      if (lead === undefined) throw new Error(`lead ${id} has vanished`);
      const { policy, version, sums } = lead;
      const state =
        version === null || sums === null
          ? emptyScore
          : { version, sums: JSON.parse(sums) as GroupSums, lastEventAt: lead.last_event_at };
      const { scoring } = await deps.policies.byHash(manager, policy);
      const at = deps.clock.now();
      const entries = await manager.query<ScoreEntry[]>(
        `select n, rule, score_group as "group", micro, occurred_at as occurred, recorded_at as recorded, cause, reverses
           from score_entry where lead_id = $1 and ($2::bigint is null or n < $2) order by n desc limit $3`,
        [id, before, limit],
      );
      return { at, policy, reading: readScore(state, at, scoring), entries };
    },
  };
}
