import { z } from 'zod';
import { id, instant, pageOf, paging, timestamp } from './common.js';
import { leadRef } from './lead-ref.js';

const team = z.enum(['marketing', 'sales']);
const status = z.enum(['open', 'done', 'cancelled']);

export const task = z
  .strictObject({
    id: z.string(),
    lead: z.string(),
    title: z.string(),
    rep: z
      .string()
      .nullable()
      .describe('Whose it is; null: a team’s. A task for the owner follows the lead while it is open.'),
    team,
    dueAt: timestamp,
    status,
    playbook: z.string().nullable().describe('The playbook that gave it.'),
    track: z.string().nullable().describe('The track that gave it.'),
    seq: z.int().describe('The journal row that caused it: with a track the row that entered it.'),
    createdAt: timestamp,
    finishedAt: timestamp.nullable(),
    finishedBy: z
      .strictObject({ kind: z.string(), id: z.string().nullable(), onBehalfOf: z.string().nullable() })
      .nullable()
      .describe('Of a task that was cancelled because the lead moved on: who moved it.'),
  })
  .meta({ id: 'Task' });

export const taskPage = pageOf(task).meta({ id: 'TaskPage' });
export const taskPath = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must be the id of a task'),
});

export const taskQuery = z.strictObject({
  ...paging,
  owner: id.optional().describe('The rep whose task it is.'),
  team: team.optional().describe('Tasks of the team that are no rep’s.'),
  lead: leadRef.optional(),
  status: status.optional(),
  dueBefore: instant.optional(),
});

/** A track that a lead is in. */
export const openTrack = z.strictObject({
  track: z.string(),
  enteredAt: timestamp,
  done: z.int().describe('Steps carried out, over all rounds.'),
  nextAt: timestamp.nullable().describe('When the next step is due; null: it is through.'),
});
