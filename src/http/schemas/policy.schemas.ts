import { z } from 'zod';
import { pageOf, paging, timestamp } from './common.js';

/** The document itself is checked by the policy's own rules, which know more than a shape. */
export const policyDocument = z
  .unknown()
  .meta({ description: 'A policy, as `/v1/policies/schema` describes it; or YAML.' });

export const policyHash = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
export const policyPath = z.strictObject({ hash: policyHash });
export const policyQuery = z.strictObject(paging);

const faults = z.array(
  z.strictObject({ path: z.string(), message: z.string(), allowed: z.array(z.string()).optional() }),
);

export const savedPolicy = z
  .strictObject({ hash: policyHash, name: z.string(), warnings: faults })
  .meta({ id: 'SavedPolicy' });

const summary = {
  hash: policyHash,
  name: z.string(),
  active: z.boolean().describe('New leads get it.'),
  recordedAt: timestamp,
};
export const policyPage = pageOf(z.strictObject(summary)).meta({ id: 'PolicyPage' });
export const policyDetail = z
  .strictObject({ ...summary, document: z.looseObject({}) })
  .meta({ id: 'StoredPolicy' });
export const activatedPolicy = z
  .strictObject({ hash: policyHash, name: z.string(), active: z.literal(true) })
  .meta({ id: 'ActivatedPolicy' });
export const policySchemaAnswer = z.looseObject({}).describe('JSON Schema 2020-12 of a policy.');
