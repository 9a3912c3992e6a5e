import { z } from 'zod';

/** A lead as a path names it. */
export const leadRef = z
  .string()
  .min(1)
  .max(700)
  .regex(
    /^(?:[a-z0-9][a-z0-9_-]{0,63}|external:[a-z0-9][a-z0-9_.-]{0,63}:.+)$/su,
    'must be an id of Baton or external:SOURCE:ID',
  )
  .describe("Baton's id, or `external:SOURCE:ID`, URL-encoded.");
