import { z } from 'zod';
import { NOT_ASKED } from '../../domain/enrichment/fields.js';
import { sourceSystem, values } from './capture.schemas.js';
import { code, instant, timestamp } from './common.js';

/** Fields that no source can tell: they follow from where the lead came, or are what it is known by. */
const OWN = [...NOT_ASKED, 'email'];

export const newFacts = z
  .strictObject({
    source: sourceSystem.describe('Who says so; a name of `enrichment.precedence` in the policy.'),
    id: z.string().min(1).max(200).describe('Its id there: a repeat of source and id is a no-op.'),
    fields: values
      .refine((fields) => Object.keys(fields).length > 0, 'at least one field')
      .refine((fields) => OWN.every((field) => !Object.hasOwn(fields, field)), {
        error: `no source can tell ${OWN.join(', ')}`,
      })
      .describe('By field; null: the source knows nothing of it any more.'),
    occurredAt: instant.optional().describe('When the source knew it; absent: now. Its newest word counts.'),
  })
  .meta({ id: 'NewFacts' });

export const recordedFacts = z
  .strictObject({ lead: z.string(), status: z.enum(['recorded', 'duplicate']) })
  .meta({ id: 'RecordedFacts' });

export const questionsQuery = z.strictObject({
  asset: code.optional().describe('What the lead wants to have, as the policy calls it.'),
});

export const nextQuestionsAnswer = z
  .strictObject({
    at: timestamp,
    policy: z.string().describe('Hash of the policy that the journey follows.'),
    questions: z.array(
      z.strictObject({
        field: z.string(),
        question: z.string(),
        why: z.string().describe('For the lead to read.'),
        sensitivity: z.int().describe('1 to 5: the least sensitive is asked first.'),
        mustHave: z.boolean().describe('Whether a must-have looks at it: then it comes before all others.'),
      }),
    ),
  })
  .meta({ id: 'NextQuestions' });
