/** The workflow's registered name. */
export const MIGRATION_WORKFLOW = 'policyMigrationWorkflow';

export const migrationWorkflowId = (migrationId: string): string => `policy-migration:${migrationId}`;

/** What the workflow of a policy migration starts from: everything else is in the database. */
export interface MigrationRun {
  readonly migrationId: string;
}
