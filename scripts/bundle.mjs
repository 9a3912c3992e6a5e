/** Bundles the workflows once, at the build, so that no worker does it at its start. */
import { writeFileSync } from 'node:fs';
import { bundleWorkflowCode } from '@temporalio/worker';
import { inRoot } from './lib/project.mjs';

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error: console.error, log() {} };
const { code } = await bundleWorkflowCode({
  workflowsPath: inRoot('dist', 'workflows', 'index.js'),
  logger: silent,
});
writeFileSync(inRoot('dist', 'workflow-bundle.js'), code);
