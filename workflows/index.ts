export { leadWorkflow } from './lead.workflow.js';
export { policyMigrationWorkflow } from './policy-migration.workflow.js';
