import { z } from 'zod';
import { type Command, CONFIDENCES, CRITERION_ANSWERS } from '../../domain/journey/inputs.js';
import { code, id, instant, note } from './common.js';

/** Beside its own properties every command may carry these. */
const shared = {
  note: note.optional(),
  occurred: instant.optional().describe('When it happened in the business, if that was not now.'),
};

const empty = z.strictObject(shared);
const withReason = z.strictObject({ reason: code.describe('A reason code of the policy.'), ...shared });
const tag = code;

/** The body of each command; `z.output` of one is the body of its input plus `note` and `occurred`. */
export const commandBodies = {
  hand_off: z.strictObject({ reason: code, pool: code.nullable().default(null), ...shared }),
  accept: empty,
  decline: withReason,
  reject: withReason,
  first_response: z.strictObject({ channel: code.nullable().default(null), ...shared }),
  follow_up: z.strictObject({
    channel: code.nullable().default(null),
    outcome: code.nullable().default(null),
    ...shared,
  }),
  qualification: z.strictObject({
    criterion: code,
    answer: z.enum(CRITERION_ANSWERS),
    confidence: z.enum(CONFIDENCES).nullable().default(null).describe('How sure the rep is.'),
    ...shared,
  }),
  qualify: empty,
  recycle: withReason,
  disqualify: withReason,
  reassign: z.strictObject({
    rep: id.nullable().default(null).describe('Null: whoever is next in the pool.'),
    reason: code.nullable().default(null),
    ...shared,
  }),
  claim: empty,
  review: z.strictObject({ decision: z.enum(['hand_off', 'nurture', 'disqualify', 'return']), ...shared }),
  dispute: empty,
  opportunity: z.strictObject({
    reference: id.nullable().default(null).describe("The opportunity's id in your CRM."),
    ...shared,
  }),
  won: z
    .strictObject({
      amount: z.int().min(0).nullable().default(null).describe('In the smallest unit of the currency.'),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/, 'three capital letters, such as EUR')
        .nullable()
        .default(null),
      ...shared,
    })
    .refine(({ amount, currency }) => (amount === null) === (currency === null), {
      path: ['currency'],
      error: 'amount and currency come together',
    }),
  lost: withReason,
  reopen: withReason,
  feedback: z.strictObject({
    qualified: z.boolean().nullable().default(null),
    missing: code.nullable().default(null),
    ...shared,
  }),
  merge: z.strictObject({ into: id.describe('The lead that survives.'), ...shared }),
  split: empty,
  tags: z.strictObject({
    add: z.array(tag).max(50).default([]),
    remove: z.array(tag).max(50).default([]),
    ...shared,
  }),
} as const satisfies Record<Command, z.ZodType>;
