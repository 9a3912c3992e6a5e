import { Body, Controller, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Writes } from '../../idempotency/idempotency.js';
import type { MigrationReport, PolicyMigrations } from '../../policies/migration/migrations.js';
import { numberCursor, page } from '../cursor.js';
import { CurrentWrite, type Write } from '../current-write.js';
import { Endpoint } from '../endpoint.js';
import { migrationExamples as examples } from '../examples/policy-migration.examples.js';
import { isoOf, isoOrNull } from '../iso.js';
import { limitOf } from '../schemas/common.js';
import { policyPath } from '../schemas/policy.schemas.js';
import {
  migrationAnswer,
  migrationPage,
  migrationPath,
  migrationQuery,
  newMigration,
} from '../schemas/policy-migration.schemas.js';
import { Service } from '../service.js';

type PolicyPath = z.output<typeof policyPath>;
type MigrationPath = z.output<typeof migrationPath>;
type NewMigration = z.output<typeof newMigration>;
type Answer = z.output<typeof migrationAnswer>;

/** Open leads move from one policy to another. */
@Controller()
export class PolicyMigrationsController {
  constructor(
    @Service('policyMigrations') private readonly migrations: PolicyMigrations,
    @Service('writes') private readonly writes: Writes,
  ) {}

  @Endpoint({
    method: 'post',
    path: '/v1/policies/:hash/migrate',
    access: 'admin',
    tag: 'policies',
    summary: 'Move open leads to a policy',
    description:
      'Open leads keep the policy they started with until they are moved. Each is scored anew and goes on from ' +
      'there; one in an open hand-off moves when that ends. With `dryRun` it counts what would change, for any ' +
      'policy. Watch it; it survives restarts.',
    status: 202,
    answers: migrationAnswer,
    example: { body: examples.wish, answer: examples.waiting },
  })
  migratePolicy(
    @Param({ schema: policyPath }) { hash }: PolicyPath,
    @Body({ schema: newMigration }) wish: NewMigration,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.run(write, async (tx) =>
      shown(await this.migrations.migrate(tx, hash, wish, write.actor)),
    );
  }

  @Endpoint({
    method: 'post',
    path: '/v1/policies/:hash/undo',
    access: 'admin',
    tag: 'policies',
    summary: 'Take back the newest migration to a policy',
    description:
      'Each lead that follows it still goes back to the policy and the score that it had, as far as nothing new ' +
      'has come. No offer is recalled.',
    status: 202,
    answers: migrationAnswer,
    example: { body: examples.wish, answer: examples.undoing },
  })
  undoMigration(
    @Param({ schema: policyPath }) { hash }: PolicyPath,
    @Body({ schema: newMigration }) wish: NewMigration,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.run(write, async (tx) =>
      shown(await this.migrations.undo(tx, hash, wish, write.actor)),
    );
  }

  @Endpoint({
    method: 'get',
    path: '/v1/policy-migrations',
    access: 'any_key',
    tag: 'policies',
    summary: 'List migrations',
    description: 'Newest first.',
    status: 200,
    answers: migrationPage,
    example: { answer: { items: [examples.migration], next: null } },
  })
  async listMigrations(
    @Query({ schema: migrationQuery }) query: z.output<typeof migrationQuery>,
  ): Promise<object> {
    const limit = limitOf(query);
    const found = await this.migrations.list(numberCursor(query.cursor), limit + 1);
    const { items, next } = page(found, limit, ({ n }) => [n]);
    return { items: items.map(shown), next };
  }

  @Endpoint({
    method: 'get',
    path: '/v1/policy-migrations/:id',
    access: 'any_key',
    tag: 'policies',
    summary: 'Watch a migration',
    status: 200,
    answers: migrationAnswer,
    example: { answer: examples.migration },
  })
  async getMigration(@Param({ schema: migrationPath }) { id }: MigrationPath): Promise<object> {
    return shown(await this.migrations.get(id));
  }

  @Endpoint({
    method: 'post',
    path: '/v1/policy-migrations/:id/cancel',
    access: 'admin',
    tag: 'policies',
    summary: 'Cancel a migration',
    description: 'Leads that have been told move all the same; the others keep their policy.',
    status: 200,
    answers: migrationAnswer,
    example: { answer: examples.cancelled },
  })
  cancelMigration(
    @Param({ schema: migrationPath }) { id }: MigrationPath,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.run(write, async (tx) => shown(await this.migrations.cancel(tx, id)));
  }
}

function shown({ counts, ...record }: MigrationReport): Answer {
  const { id, to, undoes, dryRun, perSecond, state, leads, changes, createdAt, finishedAt } = record;
  const { waiting, sent, moved, deferred, leftOut } = counts;
  return {
    ...{ id, to, undoes, dryRun, perSecond, state, leads },
    counts: { waiting, told: sent, moved, deferred, leftOut },
    changes: [...changes],
    createdAt: isoOf(createdAt),
    finishedAt: isoOrNull(finishedAt),
  };
}
