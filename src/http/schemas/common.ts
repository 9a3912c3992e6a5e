import { z } from 'zod';

/** Pieces of which the schemas of all resources are made. */

/** Lower-case codes, as policies use them. */
export const code = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]{0,63}$/,
    'lower-case letters, digits, "_" and "-", starting with a letter, at most 64',
  );

/** Ids that a client may choose: like codes, but other systems' ids may start with a digit. */
export const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'lower-case letters, digits, "_" and "-", at most 64');

export const shortText = z.string().trim().min(1).max(200);

/** Where a lead came from: the journal keeps it for ever, so it is a name of a channel and no person's. */
export const originName = z
  .string()
  .trim()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} _.,:/+&()|-]{0,99}$/u,
    'letters, digits, spaces and _.,:/+&()|- (no @), at most 100',
  );
export const note = z
  .string()
  .max(2_000)
  .describe('Free text. It is personal evidence: kept apart from the journal, which holds its salted hash.');

const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

/** An instant as clients write it: ISO 8601 with a zone. */
export const instant = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 instant with a zone, such as 2026-01-31T09:30:00Z' })
  .max(40)
  .refine((text) => inRange(Date.parse(text)), 'must be between 1970 and 2200');

const inRange = (at: number): boolean => at >= EARLIEST && at < LATEST;

/** An instant as Baton writes it. */
export const timestamp = z.iso.datetime();

/** A length of a page, in a query. */
export const limit = z
  .string()
  .regex(/^[1-9][0-9]{0,2}$/, 'must be a whole number from 1 to 200')
  .refine((text) => Number(text) <= 200, 'must be a whole number from 1 to 200')
  .optional()
  .describe('Items on a page, 1 to 200; 50 if absent.');

export const DEFAULT_LIMIT = 50;
export const limitOf = (query: { limit?: string | undefined }): number =>
  Number(query.limit ?? DEFAULT_LIMIT);

export const cursor = z.string().max(1_000).optional().describe('`next` of the page before, as it is.');
export const paging = { limit, cursor };

/** One page of a list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    items: z.array(item),
    next: z.string().nullable().describe('Cursor of the next page; null on the last.'),
  });

export const noQuery = z.strictObject({});

/** What every error looks like (RFC 9457). */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().optional(),
    code: z.string().optional().describe('For machines, such as `not_yours`.'),
    errors: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .optional()
      .describe('Every fault of the request.'),
  })
  .meta({ id: 'Problem' });
