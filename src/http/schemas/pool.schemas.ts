import { z } from 'zod';
import { code, id, pageOf, paging, shortText, timestamp } from './common.js';

const weight = z.int().min(1).max(100).describe('Share of the turns: 2 gets twice as many as 1.');

const memberList = z
  .array(z.strictObject({ rep: id, weight: weight.default(1) }))
  .max(1_000)
  .superRefine((members, context) => {
    const seen = new Set<string>();
    members.forEach(({ rep }, index) => {
      if (seen.has(rep))
        context.addIssue({ code: 'custom', path: [index, 'rep'], message: 'is in the list twice' });
      seen.add(rep);
    });
  });

export const newPool = z
  .strictObject({
    id: code.optional().describe('As policies name it; made by Baton if absent.'),
    name: shortText,
    members: memberList.default([]),
  })
  .meta({ id: 'NewPool' });

export const poolChange = z.strictObject({ name: shortText.optional() }).meta({ id: 'PoolChange' });

export const poolMembers = z
  .strictObject({ members: memberList.describe('All members: whoever is missing here leaves the pool.') })
  .meta({ id: 'PoolMembers' });

export const pool = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    members: z.array(
      z.strictObject({
        rep: z.string(),
        weight: z.int(),
        position: z.string().describe('Rotation position in decimal digits: the lowest goes next.'),
      }),
    ),
    waiting: z.int().describe('Leads in the queue now.'),
    version: z.int(),
  })
  .meta({ id: 'Pool' });

export const poolPage = pageOf(pool).meta({ id: 'PoolPage' });
export const poolQuery = z.strictObject(paging);
export const poolPath = z.strictObject({ id });

export const queuePage = pageOf(
  z.strictObject({
    lead: z.string(),
    handRaiser: z.boolean().describe('Hand-raisers go first, then the longest wait.'),
    since: timestamp,
    excluded: z.array(z.string()).describe('Reps who are not asked again in this hand-off.'),
  }),
).meta({ id: 'QueuePage' });
