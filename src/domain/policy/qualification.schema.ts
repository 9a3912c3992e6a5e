import { z } from 'zod';
import { code } from './schema-parts.js';

/** What sales asks before it calls a lead qualified. */
export const qualificationSchema = z.strictObject({
  criteria: z.array(code).max(50),
  required: z.array(code).max(50),
});

export type QualificationPolicy = z.infer<typeof qualificationSchema>;
