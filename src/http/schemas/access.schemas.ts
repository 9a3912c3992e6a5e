import { z } from 'zod';
import { ROLES } from '../../access/caller.js';
import { id, shortText, timestamp } from './common.js';

export const newApiKey = z
  .strictObject({ name: shortText, role: z.enum(ROLES), rep: id.nullable().default(null) })
  .superRefine(({ role, rep }, context) => {
    if (role === 'rep' && rep === null) {
      context.addIssue({ code: 'custom', path: ['rep'], message: 'name the rep whom this key is for' });
    }
    if (role !== 'rep' && rep !== null) {
      context.addIssue({
        code: 'custom',
        path: ['rep'],
        message: `a key of the role ${role} belongs to no rep`,
      });
    }
  })
  .meta({ id: 'NewApiKey' });

export const apiKey = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    rep: z.string().nullable(),
    createdAt: timestamp,
    lastUsedAt: timestamp.nullable().describe('To the minute.'),
    revokedAt: timestamp.nullable(),
  })
  .meta({ id: 'ApiKey' });

export const createdApiKey = apiKey
  .extend({ key: z.string().describe('The key itself: shown in this answer only.') })
  .meta({ id: 'CreatedApiKey' });

export const apiKeyList = z.strictObject({ items: z.array(apiKey) }).meta({ id: 'ApiKeyList' });
export const apiKeyPath = z.strictObject({ id: z.uuid() });
