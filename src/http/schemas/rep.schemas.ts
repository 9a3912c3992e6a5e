import { z } from 'zod';
import { id, pageOf, paging, shortText } from './common.js';

const cap = z
  .int()
  .min(0)
  .max(100_000)
  .nullable()
  .describe('Most open leads the rep may hold; null: no limit.');
const email = z.email().max(254).nullable();

export const newRep = z
  .strictObject({
    id: id.optional().describe('Your own id; made by Baton if absent.'),
    name: shortText,
    email: email.default(null),
    cap: cap.default(null),
    active: z.boolean().default(true),
  })
  .meta({ id: 'NewRep' });

export const repChange = z
  .strictObject({
    name: shortText.optional(),
    email: email.optional(),
    cap: cap.optional(),
    active: z.boolean().optional(),
  })
  .meta({ id: 'RepChange' });

export const rep = z
  .strictObject({
    id,
    name: z.string(),
    email: z.string().nullable(),
    active: z.boolean(),
    paused: z.boolean(),
    cap: z.int().nullable(),
    open: z.int().describe('Leads the rep holds now.'),
    pools: z.array(z.string()),
    version: z.int(),
  })
  .meta({ id: 'Rep' });

export const repPage = pageOf(rep).meta({ id: 'RepPage' });
export const repQuery = z.strictObject({ ...paging, pool: id.optional() });
export const repPath = z.strictObject({ id });
