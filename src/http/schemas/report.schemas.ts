import { z } from 'zod';
import { STAGES } from '../../domain/journey/journey.js';
import { isTimeZone } from '../../feed/dates.js';
import { GROUPS } from '../../reports/funnel.js';

export const funnelQuery = z.strictObject({
  group: z.enum(GROUPS).optional().describe('`source` if absent.'),
  timeZone: z
    .string()
    .max(60)
    .refine(isTimeZone, 'must be an IANA time zone, such as America/Sao_Paulo')
    .optional()
    .describe('Whose months, for `group=month`: an IANA name; UTC if absent.'),
});

const counts = z.record(z.enum(STAGES), z.int());
const row = z.strictObject({ group: z.string().nullable(), leads: z.int(), reached: counts, now: counts });

export const funnelAnswer = z
  .strictObject({
    group: z.enum(GROUPS),
    definitions: z.record(z.string(), z.string()),
    rows: z.array(row),
    total: row,
  })
  .meta({ id: 'Funnel' });

export const healthAnswer = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' });
export const readyAnswer = z
  .strictObject({ status: z.literal('ready'), checks: z.record(z.string(), z.literal('ok')) })
  .meta({ id: 'Ready' });
