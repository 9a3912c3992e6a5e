import type { EntityManager } from 'typeorm';
import { instantParam, optionalInstantParam } from '../db/column-types.js';
import { canonical } from '../domain/canonical.js';
import { hasEnded, unborn, type Journey } from '../domain/journey/journey.js';
import { situationOf } from '../domain/journey/situation.js';
import type { GroupSums, ScoreState } from '../domain/scoring/score.js';
import type { Instant } from '../domain/time.js';
import { GENESIS } from '../journal/chain.js';
import { ownerOf } from './lead-view.js';

/** Equal refusals, by command, code and actor: how many since when. */
export type RefusalCounts = Readonly<Record<string, { readonly since: Instant; readonly count: number }>>;

/** A lead whose row is locked: all of it that apply looks at. */
export interface LockedLead {
  readonly journey: Journey;
  /** Hash of the newest journal row. */
  readonly headHash: string;
  readonly wakeAt: Instant | null;
  readonly refusals: RefusalCounts;
  /** Refusals answered but not journaled since the newest row. */
  readonly suppressed: number;
  readonly score: ScoreState;
  /** Hash of the newest score entry. */
  readonly scoreHead: string;
}

interface LeadRow {
  readonly id: string;
  readonly state: string;
  readonly head_hash: string;
  readonly wake_at: Instant | null;
  readonly refusals: string;
  readonly refusals_suppressed: number;
}

interface ScoreRow {
  readonly lead_id: string;
  readonly version: number;
  readonly sums: string;
  readonly last_event_at: Instant | null;
  readonly head_hash: string;
}

/**
 * Locks leads in the order of their ids. `no key update`: who puts something into a lead's inbox need not wait.
 * The score is read after the lock, so that it is the newest.
 */
export async function lockLeads(
  manager: EntityManager,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LockedLead>> {
  const rows = await manager.query<LeadRow[]>(
    `select id, state, head_hash, wake_at, refusals, refusals_suppressed
       from lead where id = any($1) order by id for no key update`,
    [ids],
  );
  const scores = await manager.query<ScoreRow[]>(
    'select lead_id, version, sums, last_event_at, head_hash from score_state where lead_id = any($1)',
    [ids],
  );
  const scoreOf = new Map(scores.map((score) => [score.lead_id, score]));
  return new Map(rows.map((row) => [row.id, toLead(row, scoreOf.get(row.id))]));
}

// The JSON texts are ours: nobody else writes these columns.
function toLead(row: LeadRow, score: ScoreRow | undefined): LockedLead {
  return {
    journey: JSON.parse(row.state) as Journey,
    headHash: row.head_hash,
    wakeAt: row.wake_at,
    refusals: JSON.parse(row.refusals) as RefusalCounts,
    suppressed: row.refusals_suppressed,
    score:
      score === undefined
        ? EMPTY_SCORE
        : {
            version: score.version,
            sums: JSON.parse(score.sums) as GroupSums,
            lastEventAt: score.last_event_at,
          },
    scoreHead: score?.head_hash ?? GENESIS,
  };
}

const EMPTY_SCORE: ScoreState = { version: 0, sums: {}, lastEventAt: null };

export interface NewLead {
  readonly id: string;
  readonly policy: string;
  readonly source: string | null;
  readonly campaign: string | null;
  readonly at: Instant;
}

/** A lead without rows; the caller applies `captured` in the same transaction. */
export async function insertLead(manager: EntityManager, lead: NewLead): Promise<LockedLead> {
  const journey = unborn(lead.id);
  await manager.query(
    `insert into lead (id, seq, state, head_hash, stage, situation, team, policy, source, campaign,
                       latest_source, latest_campaign, captured_at, at)
     values ($1, 0, $2, $3, 'inquiry', 'new', 'marketing', $4, $5, $6, $5, $6, $7, $7)`,
    [lead.id, canonical(journey), GENESIS, lead.policy, lead.source, lead.campaign, instantParam(lead.at)],
  );
  return {
    journey,
    headHash: GENESIS,
    wakeAt: null,
    refusals: {},
    suppressed: 0,
    score: EMPTY_SCORE,
    scoreHead: GENESIS,
  };
}

/** Writes what lists filter by, and the cache of the journey's state. */
export async function saveLead(manager: EntityManager, lead: LockedLead, score: number): Promise<void> {
  const { journey } = lead;
  await manager.query(
    `update lead
        set seq = $2, state = $3, head_hash = $4, stage = $5, situation = $6, team = $7, holder = $8,
            pool_id = $9, policy = $10, ended = $11, at = $12, wake_at = $13, refusals = $14,
            refusals_suppressed = $15, score = $16
      where id = $1`,
    [
      journey.lead,
      journey.seq,
      canonical(journey),
      lead.headHash,
      journey.stage,
      situationOf(journey),
      journey.team,
      ownerOf(journey),
      journey.handOff?.pool ?? null,
      journey.policy,
      hasEnded(journey),
      instantParam(journey.at),
      optionalInstantParam(lead.wakeAt),
      canonical(lead.refusals),
      lead.suppressed,
      score,
    ],
  );
}

/** Writes what changes without a row: the next wake-up, the count of refusals, the score as read. */
export async function saveLook(manager: EntityManager, lead: LockedLead, score: number): Promise<void> {
  await manager.query(
    `update lead set wake_at = $2, refusals = $3, refusals_suppressed = $4, score = $5 where id = $1`,
    [lead.journey.lead, optionalInstantParam(lead.wakeAt), canonical(lead.refusals), lead.suppressed, score],
  );
}

/** Where a lead stands, read without a lock. */
export interface LeadHead {
  readonly id: string;
  readonly seq: number;
  readonly ended: boolean;
}

const EXTERNAL = /^external:([^:]+):(.+)$/s;

/** By Baton's id or as `external:SOURCE:ID`; null when there is no such lead. */
export async function resolveLead(manager: EntityManager, ref: string): Promise<LeadHead | null> {
  const external = EXTERNAL.exec(ref);
  const [head] =
    external === null
      ? await manager.query<LeadHead[]>('select id, seq, ended from lead where id = $1', [ref])
      : await manager.query<LeadHead[]>(
          `select l.id, l.seq, l.ended from identity i join lead l on l.id = i.lead_id
            where i.kind = 'external' and i.source = $1 and i.value = $2`,
          [external[1], external[2]],
        );
  return head ?? null;
}
