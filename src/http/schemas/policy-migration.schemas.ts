import { z } from 'zod';
import { pageOf, paging, timestamp } from './common.js';
import { policyHash } from './policy.schemas.js';

const migrationId = z.string().regex(/^pm_[0-9a-f-]{36}$/, 'is no id of a migration');
export const migrationPath = z.strictObject({ id: migrationId });
export const migrationQuery = z.strictObject(paging);

/** Every lead that moves takes about ten statements and a round trip to Temporal. */
const MOST_PER_SECOND = 1_000;
const DEFAULT_PER_SECOND = 50;

export const newMigration = z
  .strictObject({
    dryRun: z.boolean().default(false).describe('Count what would change; nothing does.'),
    perSecond: z
      .int()
      .min(1)
      .max(MOST_PER_SECOND)
      .default(DEFAULT_PER_SECOND)
      .describe('Leads a second, at most.'),
  })
  .meta({ id: 'NewPolicyMigration' });

export const migrationAnswer = z
  .strictObject({
    id: migrationId,
    to: policyHash.nullable().describe('Null: each lead goes back to what it followed before.'),
    undoes: migrationId.nullable(),
    dryRun: z.boolean(),
    perSecond: z.int(),
    state: z.enum(['selecting', 'moving', 'settling', 'done', 'cancelled']),
    leads: z.int().describe('Open leads that have been selected.'),
    counts: z.strictObject({
      waiting: z.int(),
      told: z.int().describe('Leads that know and have not moved yet.'),
      moved: z.int(),
      deferred: z.int().describe('They move when their open hand-off has ended.'),
      leftOut: z.int().describe('They have ended meanwhile.'),
    }),
    changes: z
      .array(z.strictObject({ before: z.string(), after: z.string(), leads: z.int() }))
      .describe('Moved leads that stand elsewhere now, or (dry run) would.'),
    createdAt: timestamp,
    finishedAt: timestamp.nullable(),
  })
  .meta({ id: 'PolicyMigration' });

export const migrationPage = pageOf(migrationAnswer).meta({ id: 'PolicyMigrationPage' });
