import type { EntityManager } from 'typeorm';
import type { PendingWrites } from '../db/pending-writes.js';
import { prepared } from '../db/prepared.js';
import { LEAD } from '../db/tables.js';
import { canonical } from '../domain/canonical.js';
import { hasEnded, unborn, type Journey } from '../domain/journey/journey.js';
import { situationOf } from '../domain/journey/situation.js';
import type { GroupSums, ScoreState } from '../domain/scoring/score.js';
import type { Instant } from '../domain/time.js';
import { GENESIS } from '../journal/chain.js';
import { ownerOf } from './lead-view.js';

/** Where a lead came from, first and last. */
export interface Origin {
  readonly source: string | null;
  readonly campaign: string | null;
  readonly latestSource: string | null;
  readonly latestCampaign: string | null;
}

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

/** The score of a lead as it is stored; all null before its first entry. */
export interface ScoreColumns {
  readonly version: number | null;
  readonly sums: string | null;
  readonly last_event_at: Instant | null;
  readonly score_head: string | null;
}
export const SCORE_COLUMNS = 's.version, s.sums, s.last_event_at, s.head_hash as score_head';

interface LeadRow {
  readonly id: string;
  readonly state: string;
  readonly head_hash: string;
  readonly wake_at: Instant | null;
  readonly refusals: string;
  readonly refusals_suppressed: number;
  readonly source: string | null;
  readonly campaign: string | null;
  readonly latest_source: string | null;
  readonly latest_campaign: string | null;
}

const LOCKED_COLUMNS = `l.id, l.state, l.head_hash, l.wake_at, l.refusals, l.refusals_suppressed, l.source,
  l.campaign, l.latest_source, l.latest_campaign`;

/**
 * Locks leads in the order of their ids. `no key update`: who puts something into a lead's inbox need not wait.
 * What goes with a lead is read by another statement, after the lock, so that it is the newest.
 */
export const lockLeads = (manager: EntityManager, ids: readonly string[]): Promise<readonly LeadRow[]> =>
  manager.query<LeadRow[]>(
    `select ${LOCKED_COLUMNS} from lead l where id = any($1) order by id for no key update`,
    [ids],
  );

/** Leads as they stand, without a lock. */
export async function readLeads(
  manager: EntityManager,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LockedLead>> {
  const rows = await manager.query<(LeadRow & ScoreColumns)[]>(
    `select ${LOCKED_COLUMNS}, ${SCORE_COLUMNS}
       from lead l left join score_state s on s.lead_id = l.id where l.id = any($1)`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, toLead(row, row)]));
}

/** The same for one lead; null when there is none. */
export async function lockLead(manager: EntityManager, id: string): Promise<LeadRow | null> {
  const sql = `select ${LOCKED_COLUMNS} from lead l where id = $1 for no key update`;
  const [row] = await prepared<LeadRow>(manager, sql, [id]);
  return row ?? null;
}

// The JSON texts are ours: nobody else writes these columns.
export const toLead = (row: LeadRow, score: ScoreColumns | undefined): LockedLead => ({
  journey: JSON.parse(row.state) as Journey,
  headHash: row.head_hash,
  wakeAt: row.wake_at,
  refusals: JSON.parse(row.refusals) as RefusalCounts,
  suppressed: row.refusals_suppressed,
  score:
    score?.version == null
      ? EMPTY_SCORE
      : {
          version: score.version,
          sums: JSON.parse(score.sums ?? '{}') as GroupSums,
          lastEventAt: score.last_event_at,
        },
  scoreHead: score?.score_head ?? GENESIS,
});

/** Where a locked lead came from, first and last. */
export const originOf = (row: LeadRow): Origin => ({
  source: row.source,
  campaign: row.campaign,
  latestSource: row.latest_source,
  latestCampaign: row.latest_campaign,
});

const EMPTY_SCORE: ScoreState = { version: 0, sums: {}, lastEventAt: null };

export interface NewLead {
  readonly id: string;
  readonly policy: string;
  readonly source: string | null;
  readonly campaign: string | null;
  readonly at: Instant;
}

/** A lead without rows; the caller applies `captured` in the same transaction. */
export function insertLead(writes: PendingWrites, lead: NewLead): LockedLead {
  const { id, policy, source, campaign, at } = lead;
  const unwritten: LockedLead = {
    journey: unborn(id),
    headHash: GENESIS,
    wakeAt: null,
    refusals: {},
    suppressed: 0,
    score: EMPTY_SCORE,
    scoreHead: GENESIS,
  };
  writes.insert(LEAD, {
    ...columnsOf(unwritten, 0),
    stage: 'inquiry',
    policy,
    source,
    campaign,
    latest_source: source,
    latest_campaign: campaign,
    captured_at: at,
    at,
  });
  return unwritten;
}

/** Writes what lists filter by, and the cache of the journey's state. */
export const saveLead = (writes: PendingWrites, lead: LockedLead, score: number): void =>
  writes.change(LEAD, columnsOf(lead, score));

const columnsOf = (lead: LockedLead, score: number) => ({
  ...lookColumns(lead, score),
  seq: lead.journey.seq,
  state: canonical(lead.journey),
  head_hash: lead.headHash,
  stage: lead.journey.stage,
  situation: situationOf(lead.journey),
  team: lead.journey.team,
  holder: ownerOf(lead.journey),
  pool_id: lead.journey.handOff?.pool ?? null,
  policy: lead.journey.policy,
  ended: hasEnded(lead.journey),
  at: lead.journey.at,
});

/** Writes what changes without a row: the next wake-up, the count of refusals, the score as read. */
export const saveLook = (writes: PendingWrites, lead: LockedLead, score: number): void =>
  writes.change(LEAD, lookColumns(lead, score));

const lookColumns = (lead: LockedLead, score: number) => ({
  id: lead.journey.lead,
  wake_at: lead.wakeAt,
  refusals: canonical(lead.refusals),
  refusals_suppressed: lead.suppressed,
  score,
});

/** The original source and campaign never change. */
export const saveLatestOrigin = (writes: PendingWrites, lead: string, origin: Origin): void =>
  writes.change(LEAD, {
    id: lead,
    latest_source: origin.latestSource,
    latest_campaign: origin.latestCampaign,
  });

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
