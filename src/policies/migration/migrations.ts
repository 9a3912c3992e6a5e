import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../../clock.js';
import type { Actor } from '../../domain/journey/inputs.js';
import { Conflict, NotFound } from '../../faults.js';
import { addJob } from '../../outbox/jobs.js';
import type { PolicyStore } from '../policy-store.js';
import {
  type Change,
  countChanges,
  countLeads,
  findMigration,
  finishMigration,
  insertMigration,
  listMigrations,
  lockMigration,
  type MigrationCounts,
  type MigrationRecord,
  newestTo,
} from './migration-store.js';

/** A migration as people watch it. */
export interface MigrationReport extends MigrationRecord {
  readonly counts: MigrationCounts;
  /** Leads that changed stage, or (dry run) would. */
  readonly changes: readonly Change[];
}

export interface MigrationWish {
  readonly dryRun: boolean;
  /** Leads a second, at most. */
  readonly perSecond: number;
}

export type PolicyMigrations = ReturnType<typeof createPolicyMigrations>;

/** Open leads move to another policy only when somebody asks for it; what was done can be undone. */
export function createPolicyMigrations({
  dataSource,
  clock,
  policies,
}: {
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly policies: PolicyStore;
}) {
  async function start(
    tx: EntityManager,
    asked: Pick<MigrationRecord, 'to' | 'undoes'> & MigrationWish,
    actor: Actor,
  ): Promise<MigrationReport> {
    const id = `pm_${randomUUID()}`;
    const made = await insertMigration(tx, { id, ...asked, actor, createdAt: clock.now() });
    if (!made)
      throw new Conflict('migration_running', 'another migration is running; wait for it or cancel it');
    await addJob(tx, { name: 'policy.migrate', payload: { migrationId: id } });
    return report(tx, id);
  }

  async function report(manager: EntityManager, id: string): Promise<MigrationReport> {
    const found = await findMigration(manager, id);
    if (found === null) throw new NotFound(`there is no migration ${id}`);
    return withCounts(manager, found);
  }

  const withCounts = async (manager: EntityManager, record: MigrationRecord): Promise<MigrationReport> => ({
    ...record,
    counts: await countLeads(manager, record.id),
    changes: await countChanges(manager, record.id),
  });

  return {
    /**
     * Moves all open leads to the policy that new leads get; a dry run tells of any policy what that would change.
     * @throws Conflict when the policy is not active, or another migration is running
     */
    async migrate(
      tx: EntityManager,
      hash: string,
      wish: MigrationWish,
      actor: Actor,
    ): Promise<MigrationReport> {
      if (!(await policies.isStored(tx, hash))) throw new NotFound(`there is no policy ${hash}`);
      if (!wish.dryRun && (await policies.active(tx, clock.now()))?.hash !== hash) {
        throw new Conflict(
          'policy_not_active',
          'open leads move only to the policy that new leads get: activate it',
        );
      }
      return start(tx, { to: hash, undoes: null, ...wish }, actor);
    },

    /**
     * Takes back the newest migration to a policy: each lead that follows it still goes back to what it followed.
     * @throws Conflict when there is none, or another migration is running
     */
    async undo(tx: EntityManager, hash: string, wish: MigrationWish, actor: Actor): Promise<MigrationReport> {
      const migration = await newestTo(tx, hash);
      if (migration === null) throw new Conflict('nothing_to_undo', `no migration to ${hash} can be undone`);
      return start(tx, { to: null, undoes: migration.id, ...wish }, actor);
    },

    /** Leads that have been told move all the same; the others stay. Twice is no fault. */
    async cancel(tx: EntityManager, id: string): Promise<MigrationReport> {
      const found = await lockMigration(tx, id);
      if (found === null) throw new NotFound(`there is no migration ${id}`);
      if (found.state === 'done') throw new Conflict('migration_done', 'it is done; undo it instead');
      if (found.state !== 'cancelled') await finishMigration(tx, id, 'cancelled', clock.now());
      return report(tx, id);
    },

    get: (id: string): Promise<MigrationReport> => report(dataSource.manager, id),

    /** Newest first: those with a number below `before`. */
    async list(before: number | null, limit: number): Promise<readonly MigrationReport[]> {
      const { manager } = dataSource;
      const found = await listMigrations(manager, before, limit);
      return Promise.all(found.map((record) => withCounts(manager, record)));
    },
  };
}
