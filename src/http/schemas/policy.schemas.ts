import { z } from 'zod';
import { ROLES } from '../../access/caller.js';
import { STEP_KINDS } from '../../domain/policy/lifecycle.js';
import { instant, pageOf, paging, timestamp } from './common.js';

/** The document itself is checked by the policy's own rules, which know more than a shape. */
export const policyDocument = z
  .unknown()
  .meta({ description: 'A policy, as `/v1/policies/schema` describes it; or YAML.' });

export const policyHash = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
export const policyPath = z.strictObject({ hash: policyHash });
export const policyQuery = z.strictObject(paging);
export const diffQuery = z.strictObject({
  against: policyHash.describe('Hash of the older policy.'),
});
export const documentQuery = z.strictObject({
  against: policyHash.optional().describe('Hash of the policy to compare with; the active one if absent.'),
});

/** What people say to each other about a policy. It is kept apart from the history, which holds its salted hash. */
const words = z.string().trim().min(1).max(2_000);

export const proposal = z
  .strictObject({
    rationale: words.describe('Why this change.'),
    expectedImpact: words.describe('What it should do to the numbers.'),
  })
  .meta({ id: 'PolicyProposal' });
export const policyApproval = z.strictObject({ note: words.optional() }).meta({ id: 'PolicyApproval' });
export const veto = z.strictObject({ reason: words }).meta({ id: 'PolicyVeto' });
export const retirement = z.strictObject({ reason: words.optional() }).meta({ id: 'PolicyRetirement' });
export const activation = z
  .strictObject({
    from: instant.optional().describe('In force from this instant on; absent: at once.'),
    emergency: z
      .boolean()
      .optional()
      .describe(
        'At once, without the approvals that are missing; flagged until they are there. Takes a reason.',
      ),
    reason: words.optional(),
    expected: policyHash
      .nullable()
      .optional()
      .describe('The policy that is active now; null: none. Another one is 409, with who activated it.'),
  })
  .meta({ id: 'PolicyActivation' });

const faults = z.array(
  z.strictObject({ path: z.string(), message: z.string(), allowed: z.array(z.string()).optional() }),
);

const state = z.enum(['draft', 'proposed', 'rejected', 'approved', 'scheduled', 'active', 'retired']);
const team = z.enum(['marketing', 'sales']);

export const savedPolicy = z
  .strictObject({ hash: policyHash, name: z.string(), state, warnings: faults })
  .meta({ id: 'SavedPolicy' });

export const doer = z
  .strictObject({
    role: z.enum([...ROLES, 'deployment']),
    key: z.string().nullable().describe('Id of the API key; null: the deployment itself.'),
    name: z.string().nullable().describe('How the key is called.'),
  })
  .meta({ id: 'Doer' });

const historyLine = z.strictObject({
  step: z.enum(STEP_KINDS),
  at: timestamp,
  by: doer,
  team: team.nullable().describe('For whom an approval or a veto speaks.'),
  from: timestamp.nullable().describe('Of an activation with a date.'),
  emergency: z.boolean(),
  words: z.record(z.string(), z.string()).describe('rationale, expectedImpact, reason, note.'),
});

const summary = {
  hash: policyHash,
  name: z.string(),
  state,
  active: z.boolean().describe('New leads get it.'),
  needsApproval: z.boolean().describe('In force by an emergency that is not approved yet.'),
  from: timestamp.nullable().describe('In force since, or from, this instant.'),
  approval: z.strictObject({
    rule: z.enum(['both', 'sales', 'either', 'none']).describe('Whose approval the change takes.'),
    against: policyHash.nullable().describe('The agreed policy that it is compared with.'),
    approved: z.array(team),
    missing: z.array(team),
  }),
  recordedAt: timestamp,
  history: z.array(historyLine).describe('Who did what when, oldest first.'),
};
export const policySummary = z.strictObject(summary).meta({ id: 'PolicySummary' });
export const policyPage = pageOf(policySummary).meta({ id: 'PolicyPage' });
export const policyDetail = z
  .strictObject({ ...summary, document: z.looseObject({}) })
  .meta({ id: 'StoredPolicy' });
export const policySchemaAnswer = z.looseObject({}).describe('JSON Schema 2020-12 of a policy.');

export const policyDiffAnswer = z
  .strictObject({
    against: policyHash,
    hash: policyHash,
    changes: z.array(
      z.strictObject({
        op: z.enum(['added', 'removed', 'changed', 'moved']),
        path: z.string().describe('JSON Pointer into the newer policy; of something removed into the older.'),
        from: z.string().optional().describe('Of something moved: JSON Pointer into the older policy.'),
        old: z.unknown().optional(),
        value: z.unknown().optional(),
      }),
    ),
    lines: z.array(z.string()).describe('The same for people.'),
  })
  .meta({ id: 'PolicyDiff' });
export const documentAnswer = z.strictObject({ markdown: z.string() }).meta({ id: 'PolicyDocument' });

const person = z.string().trim().min(1).max(200);
export const newReview = z
  .strictObject({
    participants: z.array(person).min(1).max(50),
    decision: z.enum(['change', 'no_change']),
    notes: words.optional(),
    policy: policyHash.optional().describe('The policy that was looked at; the active one if absent.'),
  })
  .meta({ id: 'NewReview' });
export const review = z
  .strictObject({
    id: z.string(),
    policy: policyHash,
    decision: z.enum(['change', 'no_change']),
    participants: z.array(z.string()),
    notes: z.string().nullable(),
    at: timestamp,
    by: doer,
  })
  .meta({ id: 'Review' });
export const reviewPage = pageOf(review)
  .extend({
    every: z.string().nullable().describe('As the active policy says; null: no date is agreed.'),
    nextDue: timestamp.nullable(),
    overdue: z.boolean(),
  })
  .meta({ id: 'ReviewPage' });
