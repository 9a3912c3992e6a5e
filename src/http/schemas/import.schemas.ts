import { z } from 'zod';
import { IMPORT_STATES } from '../../imports/import-store.js';
import { ROW_STATUSES } from '../../imports/import-rows.js';
import { pageOf, paging, timestamp } from './common.js';

/** Yesterday's leads. */

export const newImport = z
  .strictObject({
    mapping: z.string().min(1).max(1_000_000).describe('The mapping file, as YAML or JSON.'),
    dryRun: z
      .enum(['true', 'false'], 'must be true or false')
      .default('false')
      .describe('`true`: reports what would become of each row, and changes nothing else.'),
  })
  .meta({ id: 'NewImport' });

const importId = z.string().regex(/^im_[0-9a-f]{32}$/, 'must be the id of an import, such as im_5f0c…');
export const importPath = z.strictObject({ id: importId });

export const importAnswer = z
  .strictObject({
    id: importId.describe('Made of mapping and files: the same again is the same import.'),
    state: z.enum(IMPORT_STATES),
    dryRun: z.boolean(),
    files: z.array(z.strictObject({ name: z.string(), rows: z.int() })),
    counts: z
      .strictObject({
        rows: z.int(),
        waiting: z.int(),
        imported: z.int(),
        unchanged: z.int(),
        refused: z.int(),
        leftOut: z.int().describe('Rows that the mapping does not take (`only`).'),
        odd: z.int().describe('Of all these: rows about which something is odd.'),
      })
      .describe('Rows; from `waiting` to `leftOut` they add up to `rows`.'),
    leads: z.int().describe('Leads that it has made; in a dry run, would make.'),
    reps: z.array(z.string()).describe('Reps that it has made (`reps: { missing: create }`), inactive.'),
    leadsPerSecond: z.number().nullable(),
    createdAt: timestamp,
    startedAt: timestamp.nullable(),
    finishedAt: timestamp.nullable(),
    startsUntil: timestamp.nullable().describe('When the workflow of the last open lead starts.'),
  })
  .meta({ id: 'Import' });

export const importListQuery = z.strictObject(paging);
export const importPage = pageOf(importAnswer).meta({ id: 'ImportPage' });

export const importRowsQuery = z.strictObject({
  status: z.enum(ROW_STATUSES).optional(),
  odd: z.enum(['true', 'false']).optional().describe('Only odd rows, or only the others.'),
  ...paging,
});

export const importRow = z
  .strictObject({
    file: z.string(),
    row: z.int().describe('Of a CSV the first row after the header is 1; of NDJSON the first line.'),
    externalId: z.string().nullable(),
    status: z.enum(ROW_STATUSES),
    lead: z.string().nullable(),
    odd: z.array(z.string()).describe('What is odd about it; it was taken all the same.'),
    why: z.string().nullable().describe('Why it was refused or left out.'),
  })
  .meta({ id: 'ImportRow' });

export const importRowPage = pageOf(importRow).meta({ id: 'ImportRowPage' });
