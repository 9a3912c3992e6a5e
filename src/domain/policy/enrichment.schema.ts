import { z } from 'zod';
import { CONNECTORS } from '../enrichment/sources.js';
import { code, duration } from './schema-parts.js';

/** As systems are named that bring events. */
const source = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/, 'lower-case letters, digits, "_", "." and "-", at most 64');

/** What comes to be known of a lead beside what it says itself. */
export const enrichmentSchema = z.strictObject({
  /**
   * Whom to believe where sources differ, first to last; `capture` is what the lead says itself, the first of all if
   * it is not listed. Sources that are not listed come last, what they said newest first.
   */
  precedence: z.array(source).min(1).max(50),
  /** What Baton finds out by itself, without a network. */
  connectors: z.array(z.enum(CONNECTORS)).max(CONNECTORS.length).optional(),
  /** Must-haves without which a lead is not handed off by its score yet, for `atMost` so long. */
  waitFor: z.array(code).min(1).max(20).optional(),
  atMost: duration.optional(),
});

export type EnrichmentPolicy = z.infer<typeof enrichmentSchema>;
