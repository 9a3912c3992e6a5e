import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../clock.js';
import { instantParam } from '../db/column-types.js';
import { actingRep, type Actor } from '../domain/journey/inputs.js';
import type { Team } from '../domain/journey/journey.js';
import type { Instant } from '../domain/time.js';
import { Conflict, NotFound } from '../faults.js';
import { leadIdOf } from '../leads/lead-queries.js';
import { type OpenTrack, openTracks } from '../playbooks/enrolment-store.js';

export type TaskStatus = 'open' | 'done' | 'cancelled';

/** Something to do about a lead, as the API shows it. Instants are UTC milliseconds. */
export interface Task {
  readonly id: string;
  readonly lead: string;
  readonly title: string;
  /** Whose it is: a rep's, else a team's. */
  readonly rep: string | null;
  readonly team: Team;
  readonly dueAt: Instant;
  readonly status: TaskStatus;
  /** What gave it; one of the two is null. */
  readonly playbook: string | null;
  readonly track: string | null;
  /** The journal row that caused it. */
  readonly seq: number;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | null;
  readonly finishedBy: Actor | null;
}

export interface TaskFilter {
  /** Baton's id, or `external:SOURCE:ID`. */
  readonly lead: string | null;
  readonly rep: string | null;
  /** Tasks of the team that are no rep's. */
  readonly team: Team | null;
  readonly status: TaskStatus | null;
  readonly dueBefore: Instant | null;
  /** The last task of the page before. */
  readonly after: { readonly dueAt: Instant; readonly id: string } | null;
  readonly limit: number;
}

const COLUMNS = `t.id, t.lead_id as lead, t.title, t.rep_id as rep, t.team, t.due_at as "dueAt", t.status,
  t.playbook, t.track, t.seq, t.created_at as "createdAt", t.finished_at as "finishedAt",
  t.finished_by as "finishedBy"`;

/** What the rep may see: his own tasks, and those of sales that are nobody's. `$1` is the rep, null: everything. */
const VISIBLE = `($1::text is null or t.rep_id = $1 or (t.rep_id is null and t.team = 'sales'))`;

export type Tasks = ReturnType<typeof createTaskService>;

/** The tasks that playbooks and tracks have given. */
export function createTaskService({ dataSource, clock }: { dataSource: DataSource; clock: Clock }) {
  return {
    /**
     * What is due first comes first.
     * @throws NotFound when there is no such lead
     */
    async list(filter: TaskFilter, actor: Actor): Promise<readonly Task[]> {
      const lead = filter.lead === null ? null : await leadIdOf(dataSource.manager, filter.lead);
      return dataSource.query<Task[]>(
        `select ${COLUMNS} from task t
          where ${VISIBLE}
            and ($2::text is null or t.lead_id = $2) and ($3::text is null or t.rep_id = $3)
            and ($4::text is null or (t.rep_id is null and t.team = $4)) and ($5::text is null or t.status = $5)
            and ($6::timestamptz is null or t.due_at < $6)
            and ($7::timestamptz is null or (t.due_at, t.id) > ($7, $8))
          order by t.due_at, t.id limit $9`,
        [
          actingRep(actor),
          lead,
          filter.rep,
          filter.team,
          filter.status,
          filter.dueBefore === null ? null : instantParam(filter.dueBefore),
          filter.after === null ? null : instantParam(filter.after.dueAt),
          filter.after?.id ?? null,
          filter.limit,
        ],
      );
    },

    /** What is open about one lead: tasks that the caller may see, and tracks that it is in. */
    async ofLead(
      lead: string,
      actor: Actor,
    ): Promise<{ readonly tasks: readonly Task[]; readonly tracks: readonly OpenTrack[] }> {
      const tasks = await dataSource.query<Task[]>(
        `select ${COLUMNS} from task t
          where ${VISIBLE} and t.lead_id = $2 and t.status = 'open' order by t.due_at, t.id`,
        [actingRep(actor), lead],
      );
      return { tasks, tracks: await openTracks(dataSource.manager, lead) };
    },

    /** @throws NotFound also for what the rep may not see */
    get: (id: string, actor: Actor): Promise<Task> => read(dataSource.manager, id, actor),

    /**
     * Closes an open task: a rep own ones, who speaks for a team those of the team, an admin all.
     * @throws NotFound, Conflict
     */
    async finish(
      manager: EntityManager,
      id: string,
      status: 'done' | 'cancelled',
      actor: Actor,
    ): Promise<Task> {
      // Whoever comes second sees what the first has made of it.
      await manager.query('select 1 from task where id = $1 for update', [id]);
      const task = await read(manager, id, actor);
      if (!mayClose(task, actor)) throw new Conflict('not_yours', 'this task is not yours');
      if (task.status === status) return task;
      if (task.status !== 'open') {
        throw new Conflict('task_closed', `this task is ${task.status} already`, { task: task.id });
      }
      await manager.query('update task set status = $2, finished_at = $3, finished_by = $4 where id = $1', [
        id,
        status,
        instantParam(clock.now()),
        JSON.stringify(actor),
      ]);
      return read(manager, id, actor);
    },
  };
}

function mayClose({ rep, team }: Task, actor: Actor): boolean {
  const self = actingRep(actor);
  if (self !== null) return rep === self;
  const speaker: string = actor.kind;
  return speaker === 'admin' || speaker === team;
}

async function read(manager: EntityManager, id: string, actor: Actor): Promise<Task> {
  const [task] = await manager.query<Task[]>(`select ${COLUMNS} from task t where ${VISIBLE} and t.id = $2`, [
    actingRep(actor),
    id,
  ]);
  if (task === undefined) throw new NotFound(`there is no task ${id}`);
  return task;
}
