import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../../clock.js';
import { inTransaction } from '../../db/transaction.js';
import { type Milliseconds, SECOND } from '../../domain/time.js';
import { addFact } from '../../leads/inbox-store.js';
import { type ApplyTransaction, withWrites } from '../../leads/apply-transaction.js';
import { readScoreSources } from '../../leads/rescore-lead.js';
import { readLeads } from '../../leads/lead-store.js';
import { PRIORITY } from '../../outbox/jobs.js';
import type { PolicyStore } from '../policy-store.js';
import type { JournalKey } from '../../journal/chain.js';
import { foresee } from './foresee.js';
import {
  countLeads,
  finishMigration,
  lockMigration,
  markLeads,
  type MigrationCounts,
  type MigrationLead,
  migrationInputId,
  type MigrationRecord,
  nextLeads,
  noteWhereTheyStand,
  saveState,
  selectLeads,
  settleLeads,
} from './migration-store.js';

export interface MigrationStepDeps {
  readonly dataSource: DataSource;
  readonly policies: PolicyStore;
  readonly journalKey: JournalKey;
  readonly clock: Clock;
}

/** How a migration stands after a step. */
export interface MigrationProgress {
  readonly done: boolean;
  /** Before the next step. */
  readonly pause: Milliseconds;
  readonly state: MigrationRecord['state'];
  readonly leads: number;
  readonly counts: MigrationCounts;
}

/** One step: one transaction, safe to run twice. */
export type MigrationStep = (migrationId: string) => Promise<MigrationProgress>;

const SELECTED_AT_ONCE = 5_000;
const MOST_AT_ONCE = 100;
/** How often it looks whether the leads that were told have moved. */
const SETTLING_PAUSE = SECOND;

/** A migration goes on: it selects leads, tells each of them by a fact, and waits until all have heard. */
export const createMigrationStep =
  (deps: MigrationStepDeps): MigrationStep =>
  (id) =>
    inTransaction(deps.dataSource, (manager) =>
      withWrites(deps, manager, async (tx) => {
        const migration = await lockMigration(manager, id);
        if (migration === null) throw new Error(`there is no migration ${id}`);
        const pause = await goOn(deps, tx, migration);
        return progressOf(manager, id, pause);
      }),
    );

async function progressOf(
  manager: EntityManager,
  id: string,
  pause: Milliseconds,
): Promise<MigrationProgress> {
  const now = await lockMigration(manager, id);
  if (now === null) throw new Error(`there is no migration ${id}`);
  const { state, leads } = now;
  return {
    done: state === 'done' || state === 'cancelled',
    pause,
    state,
    leads,
    counts: await countLeads(manager, id),
  };
}

/** @returns how long to wait before the next step */
async function goOn(
  deps: MigrationStepDeps,
  tx: ApplyTransaction,
  migration: MigrationRecord,
): Promise<Milliseconds> {
  const { manager } = tx;
  const { id, state, perSecond } = migration;
  switch (state) {
    case 'selecting': {
      const { count } = await selectLeads(manager, migration, SELECTED_AT_ONCE);
      if (count < SELECTED_AT_ONCE) await saveState(manager, id, 'moving');
      return 0;
    }
    case 'moving': {
      const leads = await nextLeads(manager, id, 'waiting', Math.min(MOST_AT_ONCE, perSecond));
      if (leads.length === 0) {
        await saveState(manager, id, 'settling');
        return 0;
      }
      await (migration.dryRun ? look(deps, tx, migration, leads) : tell(deps, tx, migration, leads));
      return Math.ceil((leads.length * SECOND) / perSecond);
    }
    case 'settling': {
      const undecided = await settleLeads(manager, id);
      if (undecided > 0) return SETTLING_PAUSE;
      if (!migration.dryRun) await noteWhereTheyStand(manager, id);
      await finishMigration(manager, id, 'done', deps.clock.now());
      return 0;
    }
    case 'done':
    case 'cancelled':
      return 0;
  }
}

/** Tells leads to follow another policy, by a fact each; their workflows do the rest. */
async function tell(
  { clock }: MigrationStepDeps,
  { manager, writes, jobs }: ApplyTransaction,
  { id, actor }: MigrationRecord,
  leads: readonly MigrationLead[],
): Promise<void> {
  for (const { lead, to } of leads) {
    addFact(writes, {
      ...{ leadId: lead, inputId: migrationInputId(id), kind: 'policy_migrated', actor },
      body: { migration: id, to },
      ...{ occurred: null, receivedAt: clock.now() },
    });
    jobs.push({ name: 'ring', payload: { leadId: lead, bell: 'fact' }, priority: PRIORITY.migration });
  }
  const marks = leads.map(({ lead }) => ({ lead, state: 'sent' as const, after: null }));
  await markLeads(manager, id, marks);
}

/** What would become of leads; nothing of theirs is written. */
async function look(
  { clock, policies }: MigrationStepDeps,
  { manager }: ApplyTransaction,
  { id, actor }: MigrationRecord,
  leads: readonly MigrationLead[],
): Promise<void> {
  const ids = leads.map(({ lead }) => lead);
  const [found, sources] = [await readLeads(manager, ids), await readScoreSources(manager, ids)];
  const marks = [];
  for (const { lead, from, to } of leads) {
    const [stands, known] = [found.get(lead), sources.get(lead)];
    if (stands === undefined || known === undefined) throw new Error(`there is no lead ${lead}`);
    const both = [await policies.byHash(manager, from), await policies.byHash(manager, to)] as const;
    const at = Math.max(clock.now(), stands.journey.at);
    const { state, situation } = foresee(stands, known, both, { migration: id, to, actor }, at);
    marks.push({ lead, state, after: situation });
  }
  await markLeads(manager, id, marks);
}
