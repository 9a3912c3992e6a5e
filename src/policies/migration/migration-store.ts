import type { EntityManager } from 'typeorm';
import { instantParam } from '../../db/column-types.js';
import { canonical } from '../../domain/canonical.js';
import type { Actor } from '../../domain/journey/inputs.js';
import type { Instant } from '../../domain/time.js';

export const MIGRATION_STATES = ['selecting', 'moving', 'settling', 'done', 'cancelled'] as const;
export type MigrationState = (typeof MIGRATION_STATES)[number];

/** What became of one lead: it waits, was told, follows the policy, will when its hand-off ends, or has ended. */
export type MovedState = 'waiting' | 'sent' | 'moved' | 'deferred' | 'left_out';

/** The move of open leads from one policy to another. */
export interface MigrationRecord {
  readonly id: string;
  readonly n: number;
  /** Null for one that undoes another: each lead goes back to what it followed. */
  readonly to: string | null;
  readonly undoes: string | null;
  readonly dryRun: boolean;
  /** Leads a second, at most. */
  readonly perSecond: number;
  readonly actor: Actor;
  readonly state: MigrationState;
  readonly selectedTo: string;
  /** How many have been selected. */
  readonly leads: number;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | null;
}

/** One lead of a migration. */
export interface MigrationLead {
  readonly lead: string;
  readonly from: string;
  readonly to: string;
}

const COLUMNS = `id, n, to_policy as "to", undoes, dry_run as "dryRun", per_second as "perSecond", actor, state,
  selected_to as "selectedTo", leads, created_at as "createdAt", finished_at as "finishedAt"`;

type Columns = Omit<MigrationRecord, 'actor'> & { readonly actor: string };

// The JSON text is ours: nobody else writes this column.
const toRecord = ({ actor, ...row }: Columns): MigrationRecord => ({
  ...row,
  actor: JSON.parse(actor) as Actor,
});

export type NewMigration = Pick<
  MigrationRecord,
  'id' | 'to' | 'undoes' | 'dryRun' | 'perSecond' | 'actor' | 'createdAt'
>;

/** @returns false when another one is running already */
export async function insertMigration(manager: EntityManager, migration: NewMigration): Promise<boolean> {
  const { id, to, undoes, dryRun, perSecond, actor, createdAt } = migration;
  const made = await manager.query<unknown[]>(
    `insert into policy_migration (id, to_policy, undoes, dry_run, per_second, actor, state, created_at)
     values ($1, $2, $3, $4, $5, $6, 'selecting', $7)
     on conflict ((true)) where not dry_run and state in ('selecting', 'moving', 'settling') do nothing
     returning id`,
    [id, to, undoes, dryRun, perSecond, canonical(actor), instantParam(createdAt)],
  );
  return made.length > 0;
}

export async function findMigration(manager: EntityManager, id: string): Promise<MigrationRecord | null> {
  const [row] = await manager.query<Columns[]>(`select ${COLUMNS} from policy_migration where id = $1`, [id]);
  return row === undefined ? null : toRecord(row);
}

/** One at a time works on a migration. */
export async function lockMigration(manager: EntityManager, id: string): Promise<MigrationRecord | null> {
  const [row] = await manager.query<Columns[]>(
    `select ${COLUMNS} from policy_migration where id = $1 for no key update`,
    [id],
  );
  return row === undefined ? null : toRecord(row);
}

/** Newest first: those with a number below `before`. */
export async function listMigrations(
  manager: EntityManager,
  before: number | null,
  limit: number,
): Promise<readonly MigrationRecord[]> {
  const rows = await manager.query<Columns[]>(
    `select ${COLUMNS} from policy_migration where ($1::bigint is null or n < $1) order by n desc limit $2`,
    [before, limit],
  );
  return rows.map(toRecord);
}

/** The newest migration to a policy that moved leads and has not been undone; null: there is none. */
export async function newestTo(manager: EntityManager, hash: string): Promise<MigrationRecord | null> {
  const [row] = await manager.query<Columns[]>(
    `select ${COLUMNS} from policy_migration m
      where to_policy = $1 and not dry_run
        and not exists (select 1 from policy_migration u where u.undoes = m.id and not u.dry_run)
      order by n desc limit 1`,
    [hash],
  );
  return row === undefined ? null : toRecord(row);
}

/**
 * Selects the next leads: open ones that do not follow the policy, or those that the undone migration moved and
 * that follow its policy still (or are about to).
 * @returns how many, and the last of them
 */
export async function selectLeads(
  manager: EntityManager,
  { id, to, undoes, selectedTo }: MigrationRecord,
  limit: number,
): Promise<{ readonly count: number; readonly last: string | null }> {
  const [from, parameters] =
    undoes === null
      ? [
          `select l.id, l.policy as from_policy, $3::text as to_policy, l.situation from lead l
            where not l.ended and l.id > $2 and l.policy <> $3 order by l.id limit $4`,
          [id, selectedTo, to, limit],
        ]
      : [
          `select l.id, l.policy as from_policy, m.from_policy as to_policy, l.situation
             from policy_migration_lead m join lead l on l.id = m.lead_id
            where m.migration_id = $3 and m.lead_id > $2 and m.state in ('sent', 'moved', 'deferred')
              and not l.ended and (l.policy = m.to_policy or m.state <> 'moved')
            order by l.id limit $4`,
          [id, selectedTo, undoes, limit],
        ];
  const rows = await manager.query<{ lead: string }[]>(
    `insert into policy_migration_lead (migration_id, lead_id, from_policy, to_policy, before, state)
     select $1, s.id, s.from_policy, s.to_policy, s.situation, 'waiting' from (${from}) s
     returning lead_id as lead`,
    parameters,
  );
  const last = rows.reduce<string | null>((max, { lead }) => (max === null || lead > max ? lead : max), null);
  await manager.query(
    `update policy_migration set leads = leads + $2, selected_to = coalesce($3, selected_to) where id = $1`,
    [id, rows.length, last],
  );
  return { count: rows.length, last };
}

export const saveState = (manager: EntityManager, id: string, state: MigrationState): Promise<unknown> =>
  manager.query(`update policy_migration set state = $2 where id = $1`, [id, state]);

export const finishMigration = (
  manager: EntityManager,
  id: string,
  state: 'done' | 'cancelled',
  at: Instant,
): Promise<unknown> =>
  manager.query(`update policy_migration set state = $2, finished_at = $3 where id = $1`, [
    id,
    state,
    instantParam(at),
  ]);

export const nextLeads = (
  manager: EntityManager,
  id: string,
  state: MovedState,
  limit: number,
): Promise<readonly MigrationLead[]> =>
  manager.query<MigrationLead[]>(
    `select lead_id as lead, from_policy as "from", to_policy as "to" from policy_migration_lead
      where migration_id = $1 and state = $2 order by lead_id limit $3`,
    [id, state, limit],
  );

export async function markLeads(
  manager: EntityManager,
  id: string,
  marks: readonly { readonly lead: string; readonly state: MovedState; readonly after: string | null }[],
): Promise<void> {
  await manager.query(
    `update policy_migration_lead m set state = r.state, after = r.after
       from unnest($2::text[], $3::text[], $4::text[]) as r (lead, state, after)
      where m.migration_id = $1 and m.lead_id = r.lead`,
    [id, marks.map(({ lead }) => lead), marks.map(({ state }) => state), marks.map(({ after }) => after)],
  );
}

/** Id of the fact by which a lead hears of a migration. */
export const migrationInputId = (id: string): string => `policy_migrated:${id}`;

/**
 * Notes what became of leads that were told: an undecided fact leaves a lead as it is.
 * @returns how many are undecided
 */
export async function settleLeads(manager: EntityManager, id: string): Promise<number> {
  const [row] = await manager.query<{ waiting: number }[]>(
    `with settled as (
       update policy_migration_lead m
          set state = case when l.policy = m.to_policy then 'moved' when l.ended then 'left_out' else 'deferred' end,
              after = l.situation
         from lead l, inbox i
        where m.migration_id = $1 and m.state = 'sent' and l.id = m.lead_id
          and i.lead_id = m.lead_id and i.input_id = $2 and i.done
       returning 1)
     select (select count(*) from policy_migration_lead where migration_id = $1 and state = 'sent')
            - (select count(*) from settled) as waiting`,
    [id, migrationInputId(id)],
  );
  return row?.waiting ?? 0;
}

/** Where the leads have come to rest by now: a look follows the move. */
export const noteWhereTheyStand = (manager: EntityManager, id: string): Promise<unknown> =>
  manager.query(
    `update policy_migration_lead m set after = l.situation from lead l
      where m.migration_id = $1 and m.state in ('moved', 'deferred') and l.id = m.lead_id
        and m.after is distinct from l.situation`,
    [id],
  );

export interface MigrationCounts {
  readonly waiting: number;
  readonly sent: number;
  readonly moved: number;
  readonly deferred: number;
  readonly leftOut: number;
}

export interface Change {
  readonly before: string;
  readonly after: string;
  readonly leads: number;
}

export async function countLeads(manager: EntityManager, id: string): Promise<MigrationCounts> {
  const [row] = await manager.query<MigrationCounts[]>(
    `select count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'sent') as sent,
            count(*) filter (where state = 'moved') as moved, count(*) filter (where state = 'deferred') as deferred,
            count(*) filter (where state = 'left_out') as "leftOut"
       from policy_migration_lead where migration_id = $1`,
    [id],
  );
  return row ?? { waiting: 0, sent: 0, moved: 0, deferred: 0, leftOut: 0 };
}

/** How many moved leads came to stand where; a hand-off's own states are those of its stage. */
export const countChanges = (manager: EntityManager, id: string): Promise<readonly Change[]> =>
  manager.query<Change[]>(
    `select before, after, count(*) as leads from (
       select ${stageSql('before')} as before, ${stageSql('after')} as after from policy_migration_lead
        where migration_id = $1 and state = 'moved') m
      where before <> after group by before, after order by before, after`,
    [id],
  );

const stageSql = (column: string): string =>
  `case when ${column} in ('mql.queued', 'mql.offered', 'mql.assigned', 'mql.escalated') then 'mql.advanced'
        when ${column} like 'sql.%' then 'sql' else ${column} end`;

/** Migrations that are not done: their workflow may have been lost. */
export async function migrationsLeft(manager: EntityManager): Promise<readonly string[]> {
  const rows = await manager.query<{ id: string }[]>(
    `select id from policy_migration where state in ('selecting', 'moving', 'settling') order by n`,
  );
  return rows.map(({ id }) => id);
}
