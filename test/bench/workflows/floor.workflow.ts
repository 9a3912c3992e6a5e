import { condition, proxyLocalActivities, setHandler } from '@temporalio/workflow';
import type { FloorActivities } from '../workers/floor.activities.js';
import { acceptUpdate, bareUpdate, endUpdate, ringSignal } from './floor.messages.js';

/** As the lead's workflow calls its own. */
const { touch } = proxyLocalActivities<FloorActivities>({
  startToCloseTimeout: '5 s',
  scheduleToCloseTimeout: '10 s',
});

/** The floor of a hand-off: rung, accepted and ended, each message one local activity, and nothing else. */
export async function floorWorkflow({ leadId }: { readonly leadId: string }): Promise<void> {
  let ended = false;
  setHandler(ringSignal, () => touch(leadId, 'rung'));
  setHandler(acceptUpdate, async ({ inputId }) => {
    await touch(leadId, 'accepted');
    return inputId;
  });
  setHandler(endUpdate, async ({ inputId }) => {
    await touch(leadId, 'ended');
    ended = true;
    return inputId;
  });
  setHandler(bareUpdate, ({ inputId }) => inputId);
  await condition(() => ended);
}
