import { z } from 'zod';
import { duration, share } from './schema-parts.js';

/** What marketing owes sales and sales owes marketing, in numbers; each is agreed or left out. */
export const targetsSchema = z.strictObject({
  /** Leads that marketing supplies in a month. */
  leadsPerMonth: z.number().int().min(1).max(10_000_000).optional(),
  /** Percent of these that sales accepts. */
  accepted: share.optional(),
  /** Percent of the accepted ones that become opportunities. */
  converted: share.optional(),
  /** Customers won in a month. */
  wonPerMonth: z.number().int().min(1).max(10_000_000).optional(),
});

/** How often both sides sit down and look at the numbers together. */
export const reviewSchema = z.strictObject({ every: duration });

export type TargetsPolicy = z.infer<typeof targetsSchema>;
export type ReviewPolicy = z.infer<typeof reviewSchema>;
