import { z } from 'zod';
import { code, share } from './schema-parts.js';

/** One field that a form may ask for. */
export const questionSchema = z.strictObject({
  field: z.string().min(1).max(64),
  question: z.string().min(1).max(300),
  /** Why it is asked, for the lead to read. */
  why: z.string().min(1).max(300),
  /** 1: anybody tells it; 5: only to somebody trusted. */
  sensitivity: z.number().int().min(1).max(5),
  /** Only for these assets (a white paper, a demo); absent: for any. */
  assets: z.array(code).min(1).max(100).optional(),
  /** Only from this implicit part on; absent: at once. */
  fromEngagement: share.optional(),
});

/** What to ask a lead for, little by little. */
export const profilingSchema = z.strictObject({
  /** With more questions at once people leave. */
  mostAtOnce: z.number().int().min(1).max(10),
  questions: z.array(questionSchema).min(1).max(100),
});

export type ProfilingPolicy = z.infer<typeof profilingSchema>;
