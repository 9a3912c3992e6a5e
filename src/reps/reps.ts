import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../clock.js';
import { RepEntity } from '../db/entities/rep.entity.js';
import type { Json } from '../domain/canonical.js';
import type { Actor } from '../domain/journey/inputs.js';
import { Conflict, NotFound } from '../faults.js';
import type { JournalKey } from '../journal/chain.js';
import { appendOperational } from '../journal/operational-entry.js';
import { addJobs } from '../outbox/jobs.js';
import { raiseReturning } from './rep-return.js';
import { lockRep } from './rep-locks.js';
import { findRep, listReps, type RepFilter, type RepView } from './rep-views.js';

export interface NewRep {
  readonly id?: string | undefined;
  readonly name: string;
  readonly email: string | null;
  readonly cap: number | null;
  readonly active: boolean;
}

/** What is absent stays as it is. */
export interface RepChange {
  readonly name?: string | undefined;
  readonly email?: string | null | undefined;
  readonly cap?: number | null | undefined;
  readonly active?: boolean | undefined;
  readonly paused?: boolean | undefined;
}

export type Reps = ReturnType<typeof createReps>;

export interface OperationsDeps {
  readonly dataSource: DataSource;
  readonly journalKey: JournalKey;
  readonly clock: Clock;
}

/** The people who take leads. Every change that routing sees is an entry in the chained history, in the same transaction. */
export function createReps({ dataSource, journalKey, clock }: OperationsDeps) {
  const record = (
    tx: EntityManager,
    rep: RoutingState & { readonly id: string },
    what: string,
    positions: Json,
    by: Actor,
  ): Promise<number> =>
    appendOperational(
      tx,
      journalKey,
      {
        subject: `rep:${rep.id}`,
        change: { what, rep: rep.id, active: rep.active, paused: rep.paused, cap: rep.cap, positions },
        by: by.id,
      },
      clock.now(),
    );

  return {
    exists: (id: string): Promise<boolean> => dataSource.manager.existsBy(RepEntity, { id }),

    async get(id: string, manager: EntityManager = dataSource.manager): Promise<RepView> {
      const rep = await findRep(manager, id);
      if (rep === null) throw new NotFound(`there is no rep ${id}`);
      return rep;
    },

    list: (filter: RepFilter): Promise<readonly RepView[]> => listReps(dataSource.manager, filter),

    async create(tx: EntityManager, input: NewRep, by: Actor): Promise<RepView> {
      const rep = { ...input, id: input.id ?? `rep-${randomUUID()}`, paused: false };
      const made = await tx.query<unknown[]>(
        `insert into rep (id, name, email, active, cap) values ($1, $2, $3, $4, $5)
         on conflict do nothing returning id`,
        [rep.id, rep.name, rep.email, rep.active, rep.cap],
      );
      if (made.length === 0) throw new Conflict('already_exists', `there is a rep ${rep.id} already`);
      await record(tx, rep, 'created', {}, by);
      return this.get(rep.id, tx);
    },

    /** Changes a rep; one who can take leads again wakes the pools that wait for somebody. */
    async change(tx: EntityManager, id: string, change: RepChange, by: Actor): Promise<RepView> {
      const { rep, pools } = await lockRep(tx, id);
      const before = stateOf(rep);
      const after = merged(before, change);
      if (isEqual(before, after)) return this.get(id, tx);
      await tx.update(RepEntity, id, { ...after, version: rep.version + 1 });
      const returns = takesLeads(after) && !takesLeads(before);
      const positions = returns ? await raiseReturning(tx, id, pools) : {};
      if (routingSees(before, after)) await record(tx, { id, ...after }, 'changed', positions, by);
      if (returns || (takesLeads(after) && hasMoreRoom(before, after))) {
        await addJobs(
          tx,
          pools.map((poolId) => ({ name: 'pool.wake', payload: { poolId } })),
        );
      }
      return this.get(id, tx);
    },
  };
}

/** What routing sees of a rep. */
interface RoutingState {
  readonly active: boolean;
  readonly paused: boolean;
  readonly cap: number | null;
}
interface RepState extends RoutingState {
  readonly name: string;
  readonly email: string | null;
}

const stateOf = ({ name, email, active, paused, cap }: RepEntity): RepState => ({
  name,
  email,
  active,
  paused,
  cap,
});
const merged = (rep: RepState, change: RepChange): RepState => ({
  name: change.name ?? rep.name,
  email: change.email === undefined ? rep.email : change.email,
  cap: change.cap === undefined ? rep.cap : change.cap,
  active: change.active ?? rep.active,
  paused: change.paused ?? rep.paused,
});

const routingSees = (a: RoutingState, b: RoutingState): boolean =>
  a.active !== b.active || a.paused !== b.paused || a.cap !== b.cap;
const isEqual = (a: RepState, b: RepState): boolean =>
  !routingSees(a, b) && a.name === b.name && a.email === b.email;
const takesLeads = (rep: RoutingState): boolean => rep.active && !rep.paused;
const hasMoreRoom = (before: RoutingState, after: RoutingState): boolean =>
  before.cap !== null && (after.cap === null || after.cap > before.cap);
