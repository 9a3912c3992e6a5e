export { floorWorkflow } from './floor.workflow.js';
