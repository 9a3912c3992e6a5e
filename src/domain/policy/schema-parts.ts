import { z } from 'zod';
import { DURATION_PATTERN } from '../time.js';

/** What all sections of a policy are made of. */

export const code = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]{0,63}$/,
    'lower-case letters, digits, "_" and "-", starting with a letter, at most 64',
  );
export const duration = z.string().regex(DURATION_PATTERN, 'a whole number and a unit, such as "15 minutes"');
export const share = z.number().int().min(0).max(100);
/** Not `multipleOf`: plain JSON Schema validators divide in floating point and refuse points such as 0.1. */
export const points = z
  .number()
  .min(-1000)
  .max(1000)
  .refine((value) => Number(value.toFixed(6)) === value, 'points have at most six decimals');

/** How long a pattern may be; its length also bounds what one match can cost. */
const LONGEST_PATTERN = 200;

/** A condition on one value; every part that is given must hold. An unknown value fulfils only `present: false`. */
export const conditionSchema = z.strictObject({
  in: z.array(z.string().max(200)).min(1).max(1000).optional(),
  notIn: z.array(z.string().max(200)).min(1).max(1000).optional(),
  atLeast: z.number().optional(),
  below: z.number().optional(),
  contains: z.string().min(1).max(200).optional(),
  /** A regular expression (RE2 syntax: linear time) that is found somewhere in the text, whatever the case. */
  matches: z.string().min(1).max(LONGEST_PATTERN).optional(),
  present: z.boolean().optional(),
});

export type Condition = z.infer<typeof conditionSchema>;
