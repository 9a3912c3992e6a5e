import { z } from 'zod';
import { id, shortText, timestamp } from './common.js';

export const newApiKey = z
  .strictObject({ name: shortText, role: z.enum(['admin', 'rep']), rep: id.nullable().default(null) })
  .superRefine(({ role, rep }, context) => {
    if (role === 'rep' && rep === null) {
      context.addIssue({ code: 'custom', path: ['rep'], message: 'name the rep whom this key is for' });
    }
    if (role === 'admin' && rep !== null) {
      context.addIssue({ code: 'custom', path: ['rep'], message: 'an admin key belongs to no rep' });
    }
  })
  .meta({ id: 'NewApiKey' });

export const apiKey = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    role: z.enum(['admin', 'rep']),
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
