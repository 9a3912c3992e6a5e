import { escapeIdentifier } from 'pg';

/** Rows of these are never changed or removed by the application. */
export const APPEND_ONLY = [
  'event',
  'evidence',
  'intent_signal',
  'journal',
  'operational_entry',
  'personal_evidence',
  'policy',
  'policy_review',
  'policy_step',
  'score_entry',
  'stage_entry',
] as const;

/** What the application may change: projections, current state, queues. */
export const PROJECTIONS = [
  'api_key',
  'assignment',
  'delivery',
  'idempotency',
  'identity',
  'import',
  'import_row',
  'inbox',
  'lead',
  'lead_fact',
  'lead_profile',
  'policy_migration',
  'policy_migration_lead',
  'pool',
  'pool_member',
  'pool_queue',
  'rep',
  'score_state',
  'score_step',
  'score_window',
  'setting',
  'task',
  'track_enrolment',
  'webhook',
] as const;

/** The rights of the application's role, from scratch: what is not named here it may not touch. */
export function grantStatements(role: string): string {
  const app = escapeIdentifier(role);
  return `
    revoke all on all tables in schema public from ${app};
    grant usage on schema public to ${app};
    grant select, insert on ${APPEND_ONLY.join(', ')} to ${app};
    grant select, insert, update, delete on ${PROJECTIONS.join(', ')} to ${app};
    grant select on migration to ${app};
  `;
}
