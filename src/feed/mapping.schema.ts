import { z } from 'zod';
import { DURATION_PATTERN } from '../domain/time.js';
import { isTimeZone } from './dates.js';
import { columnName, oddSchema, system, valueSchema, whenSchema } from './value-source.js';

/** The mapping language of `baton feed` and `baton import`. One schema is at once the validation and the type. */

const code = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, 'must be a lower-case code');

const eventSchema = z.strictObject({
  kind: code,
  source: system,
  /** With columns in braces, such as `{mql_id}:visit`. A repeat of source and id is a no-op. */
  id: z.string().min(1).max(200),
  occurredAt: z.union([z.literal('now'), valueSchema]).default('now'),
  properties: z.record(z.string().min(1).max(64), valueSchema).default({}),
  when: whenSchema.optional(),
});

/** Stages that a past can name, as a mapping writes them. */
export const STAGE_NAMES = [
  'inquiry',
  'mql.early',
  'mql.advanced',
  'sal',
  'sql',
  'opportunity',
  'nurture',
  'closed_won',
  'closed_lost',
  'disqualified',
] as const;
export type StageName = (typeof STAGE_NAMES)[number];

export const isStageName = (text: unknown): text is StageName => STAGE_NAMES.some((name) => name === text);
const ALLOWED = `must be one of ${STAGE_NAMES.join(', ')}`;

const stageSchema = z.union([
  z.enum(STAGE_NAMES, ALLOWED),
  valueSchema.superRefine(({ value, values = {} }, context) => {
    if (value !== undefined && !isStageName(value)) {
      context.addIssue({ code: 'custom', path: ['value'], message: ALLOWED });
    }
    for (const [text, stage] of Object.entries(values)) {
      if (!isStageName(stage)) context.addIssue({ code: 'custom', path: ['values', text], message: ALLOWED });
    }
  }),
]);

const historySchema = z
  .strictObject({
    stage: stageSchema,
    /** When the lead came to the stage. */
    occurredAt: z.union([z.literal('unknown', 'must be "unknown" or say where the time is'), valueSchema]),
    when: whenSchema.optional(),
    /** Who owned it from then on: ids of reps. */
    sdr: valueSchema.optional(),
    ae: valueSchema.optional(),
    /** Why it was lost or disqualified. */
    reason: valueSchema.optional(),
    /** What it was won for, in whole units of the currency, such as `1200.50`. */
    amount: valueSchema.optional(),
    currency: valueSchema.optional(),
  })
  .refine(({ amount, currency }) => (amount === undefined) === (currency === undefined), {
    path: ['currency'],
    error: 'amount and currency come together',
  });
export type HistorySource = z.output<typeof historySchema>;

/** What can be said of one file; each part can stand at the top for all files, too. */
const fileParts = {
  /** By what a lead is known: a column, and the system that it comes from. */
  externalId: z.strictObject({ source: system, column: columnName }).optional(),
  email: valueSchema.optional(),
  name: valueSchema.optional(),
  company: valueSchema.optional(),
  phone: valueSchema.optional(),
  title: valueSchema.optional(),
  source: valueSchema.optional(),
  campaign: valueSchema.optional(),
  occurredAt: valueSchema.optional(),
  fields: z.record(z.string().min(1).max(64), valueSchema).optional(),
  events: z.array(eventSchema).max(100).optional(),
  /** What the lead was before it came here; for `baton import`. */
  history: z.array(historySchema).max(100).optional(),
  /** Rows are taken in the order of this column's text; absent: as they stand. `--from` compares with it. */
  orderBy: columnName.optional(),
  /** Only rows whose columns hold one of these. */
  only: z.record(columnName, z.array(z.string()).min(1)).optional(),
  /** What is reported as odd; such rows are taken like all others. */
  odd: z.array(oddSchema).max(100).optional(),
  /** Of dates and timestamps that name no zone. */
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone, such as America/Sao_Paulo').optional(),
  delimiter: z.enum([',', ';', '\t', '|']).optional(),
};

const duration = z.string().regex(DURATION_PATTERN, 'a whole number and a unit, such as "14 days"');

const resumeSchema = z.strictObject({
  /** How long an old score does not demote the lead. */
  grace: duration.default('14 days'),
  /** The window over which everything that runs from now is spread. */
  spread: duration.default('1 day'),
  /** Whether leads may be handed off for what is known from before. */
  offer: z.boolean().default(false),
  /** Workflows of open leads that start in a second. */
  rate: z.number().int().min(1).max(1_000).default(20),
});

const repsSchema = z.strictObject({
  /** What to do about a rep that Baton does not know. */
  missing: z.enum(['refuse', 'create']).default('refuse'),
});

/** Made of a document: a mapping for one file, or for several, with what they share at the top. */
export const documentSchema = z
  .strictObject({
    description: z.string().optional(),
    ...fileParts,
    files: z
      .record(z.string().min(1).max(255), z.strictObject(fileParts))
      .refine((files) => Object.keys(files).length > 0, 'must name a file')
      .optional(),
    resume: resumeSchema.prefault({}),
    reps: repsSchema.prefault({}),
  })
  .superRefine(({ externalId, files }, context) => {
    const none = { code: 'custom', message: 'must say by what a lead is known' } as const;
    if (files === undefined) {
      if (externalId === undefined) context.addIssue({ ...none, path: ['externalId'] });
      return;
    }
    const [first] = Object.values(files).map((file) => (file.externalId ?? externalId)?.source);
    for (const [name, file] of Object.entries(files)) {
      const own = file.externalId ?? externalId;
      if (own === undefined) context.addIssue({ ...none, path: ['files', name, 'externalId'] });
      else if (own.source !== first) {
        const message = `must be ${first ?? ''}, as in the first file: rows of one lead are found by it`;
        context.addIssue({ code: 'custom', path: ['files', name, 'externalId', 'source'], message });
      }
    }
  });
export type MappingDocument = z.output<typeof documentSchema>;

type FileParts = z.output<z.ZodObject<typeof fileParts>>;
type Present<K extends keyof FileParts> = NonNullable<FileParts[K]>;

/** How the rows of one file are read. */
export interface Mapping extends Omit<FileParts, 'description'> {
  readonly externalId: Present<'externalId'>;
  readonly fields: Present<'fields'>;
  readonly events: Present<'events'>;
  readonly history: Present<'history'>;
  readonly only: Present<'only'>;
  readonly odd: Present<'odd'>;
  readonly timeZone: string;
  readonly delimiter: Present<'delimiter'>;
}

/** What the file says itself goes before what stands at the top. @param name null: a document without `files` */
export function mappingOf(document: MappingDocument, name: string | null): Mapping | null {
  const { files, description: _d, resume: _r, reps: _p, ...shared } = document;
  const own = name === null || files === undefined ? {} : files[name];
  const { externalId, ...parts } = { ...shared, ...own };
  if (own === undefined || externalId === undefined) return null;
  return {
    ...parts,
    externalId,
    fields: parts.fields ?? {},
    events: parts.events ?? [],
    history: parts.history ?? [],
    only: parts.only ?? {},
    odd: parts.odd ?? [],
    timeZone: parts.timeZone ?? 'UTC',
    delimiter: parts.delimiter ?? ',',
  };
}
