import { z } from 'zod';
import { CONFIDENCES, CRITERION_ANSWERS } from '../../domain/journey/inputs.js';
import { BUCKETS } from '../../domain/qualification/checklist.js';
import { FRAMEWORK_NAMES } from '../../domain/qualification/frameworks.js';
import { timestamp } from './common.js';

export const checklistAnswer = z
  .strictObject({
    at: timestamp,
    policy: z.string(),
    framework: z.enum(FRAMEWORK_NAMES).nullable(),
    items: z.array(
      z.strictObject({
        criterion: z.string(),
        question: z.string(),
        required: z.boolean(),
        answer: z.enum(CRITERION_ANSWERS).describe('`unknown` also where nobody has asked.'),
        confidence: z.enum(CONFIDENCES).nullable(),
        by: z.string().nullable().describe('Who said so: the rep, or the key.'),
        at: timestamp.nullable(),
      }),
    ),
    missing: z.array(z.string()).describe('Required criteria that are not confirmed.'),
    mustHaves: z
      .array(
        z.strictObject({
          mustHave: z.string(),
          field: z.string(),
          state: z
            .enum(['met', 'failed', 'unknown'])
            .describe('`unknown` is asked for; only `failed` blocks.'),
        }),
      )
      .describe('What it must be to be handed off by itself.'),
    bucket: z.enum(BUCKETS),
    priority: z.strictObject({
      value: z.int().describe('The greatest is looked at first.'),
      reasons: z.array(z.strictObject({ what: z.string(), points: z.int() })),
    }),
  })
  .meta({ id: 'Checklist' });
