import type { EntityManager } from 'typeorm';
import type {
  LeadRecords,
  StoredEntry,
  StoredLead,
  StoredProjections,
  StoredRow,
  StoredScore,
} from './lead-records.js';

/** A lead and how many rows it has, so that a batch can be kept small. */
export interface LeadSize {
  readonly id: string;
  readonly rows: number;
}

/** The leads after `after`, in the order of their ids. */
export function readLeadSizes(
  manager: EntityManager,
  after: string,
  limit: number,
): Promise<readonly LeadSize[]> {
  return manager.query<LeadSize[]>(
    `select l.id, (select count(*) from journal j where j.lead_id = l.id) as rows
       from lead l where l.id > $1 order by l.id limit $2`,
    [after, limit],
  );
}

type OfLead<T> = T & { readonly lead: string };
type Part<K extends keyof StoredProjections> = OfLead<
  StoredProjections[K] extends readonly (infer I)[] ? I : never
>;

const LEADS = `select id, seq, state, head_hash as "headHash", stage, situation, team, holder, pool_id as pool, policy,
  ended, at, source, campaign from lead where id = any($1) order by id`;
const ROWS = `select lead_id as lead, seq, input_id as "inputId", kind, bytes, prev_hash as "prevHash", hash, mac,
  key_id as "keyId", at, occurred_at as occurred from journal where lead_id = any($1) order by lead_id, seq`;
const ENTRIES = `select lead_id as lead, n, rule, score_group as "group", micro, occurred_at as occurred,
  recorded_at as recorded, cause, reverses, prev_hash as "prevHash", hash
  from score_entry where lead_id = any($1) order by lead_id, n`;
const SCORES = `select lead_id as lead, version, sums, last_event_at as "lastEventAt", head_hash as "headHash"
  from score_state where lead_id = any($1)`;
const STAGES = `select lead_id as lead, seq, i, stage, level, reason, at, occurred_at as occurred
  from stage_entry where lead_id = any($1)`;
const ASSIGNMENTS = 'select lead_id as lead, rep_id as rep, role from assignment where lead_id = any($1)';
const QUEUE =
  'select lead_id as lead, pool_id as pool, rank, excluded from pool_queue where lead_id = any($1)';
// What steps of tracks have made follows from no row.
const DELIVERIES = `select distinct lead_id as lead, seq, i from delivery where lead_id = any($1) and part = ''`;
const TASKS = `select lead_id as lead, seq, i, title from task where lead_id = any($1) and part = ''`;
const TRACKS = `select lead_id as lead, track, seq, entered_at as "enteredAt", left_at as "leftAt"
  from track_enrolment where lead_id = any($1)`;
const DECIDED = `select lead_id as lead, input_id as "inputId", decided_seq as seq
  from inbox where lead_id = any($1) and decided_seq is not null`;

/** All that is stored about some leads. */
export async function readLeadRecords(
  manager: EntityManager,
  ids: readonly string[],
): Promise<readonly LeadRecords[]> {
  const read = <T>(sql: string): Promise<readonly T[]> => manager.query<T[]>(sql, [ids]);
  const leads = await read<StoredLead>(LEADS);
  const rows = byLead(await read<OfLead<StoredRow>>(ROWS));
  const entries = byLead(await read<OfLead<StoredEntry>>(ENTRIES));
  const scores = byLead(await read<OfLead<StoredScore>>(SCORES));
  const stageEntries = byLead(await read<Part<'stageEntries'>>(STAGES));
  const assignments = byLead(await read<Part<'assignments'>>(ASSIGNMENTS));
  const queue = byLead(await read<OfLead<NonNullable<StoredProjections['queue']>>>(QUEUE));
  const deliveries = byLead(await read<Part<'deliveries'>>(DELIVERIES));
  const tasks = byLead(await read<Part<'tasks'>>(TASKS));
  const tracks = byLead(await read<Part<'tracks'>>(TRACKS));
  const decided = byLead(await read<Part<'decided'>>(DECIDED));
  return leads.map((lead) => ({
    lead,
    rows: rows(lead.id),
    entries: entries(lead.id),
    score: scores(lead.id)[0] ?? null,
    stageEntries: stageEntries(lead.id),
    assignments: assignments(lead.id),
    queue: queue(lead.id)[0] ?? null,
    deliveries: deliveries(lead.id),
    tasks: tasks(lead.id),
    tracks: tracks(lead.id),
    decided: decided(lead.id),
  }));
}

/** Splits a table by lead, and leaves the lead's id out of the items. */
function byLead<T>(items: readonly OfLead<T>[]): (lead: string) => readonly Omit<OfLead<T>, 'lead'>[] {
  const groups = new Map<string, Omit<OfLead<T>, 'lead'>[]>();
  for (const { lead, ...item } of items) {
    const group = groups.get(lead);
    if (group === undefined) groups.set(lead, [item]);
    else group.push(item);
  }
  return (lead) => groups.get(lead) ?? [];
}
