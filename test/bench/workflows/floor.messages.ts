import { defineSignal, defineUpdate } from '@temporalio/workflow';

/** What the least workflow that does the job takes: the messages of a hand-off. */
export const FLOOR_WORKFLOW = 'floorWorkflow';

export interface FloorMessage {
  readonly inputId: string;
}

export const ringSignal = defineSignal('ringSignal');
/** Done with one empty transaction each. */
export const acceptUpdate = defineUpdate<string, [FloorMessage]>('acceptUpdate');
export const endUpdate = defineUpdate<string, [FloorMessage]>('endUpdate');
/** Answered at once, with no activity: the least that an update can cost. */
export const bareUpdate = defineUpdate<string, [FloorMessage]>('bareUpdate');
