import { describe, expect, it } from '@jest/globals';
import { leadWorkflowId } from '../../workflows/lead.messages.js';
import { asRep, useWorld, type World } from '../db/world.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { useRelay } from '../outbox/test-relay.js';
import { historyCounts } from '../support/temporal.js';
import { keepHistory } from '../workflows/recording.js';
import { until, useShell } from '../workflows/shell.js';

const shell = useShell((request) => world.apply(request), { ownNamespace: true });
const relay = useRelay({ world: () => world, gateway: () => shell().gateway });
const world: World = useWorld(async (w) => {
  w.clock.set(Date.now());
  await w.use(TEST_POLICY);
  await w.pool('sdr', ['rep-1', 'rep-2']);
});

/** What a worker does to keep itself informed: not for any lead, and as often without one. */
const BACKGROUND =
  /^(Poll|DescribeNamespace|GetSystemInfo|GetClusterInfo|RecordWorkerHeartbeat|ShutdownWorker)/;

/** From capture to SAL: one POST, one ring, one accept. */
async function handRaiser(): Promise<string> {
  world.clock.set(Date.now());
  const lead = await world.capture({ events: [world.event('demo_request')] });
  await relay().drain();
  await until(async () => (await world.holder(lead)) !== null, 'a rep holds the lead');
  const rep = (await world.holder(lead)) ?? '';
  const { inputId } = await world.store(lead, 'accept', {}, asRep(rep));
  const answer = await shell().gateway.command(lead, 'accept', inputId);
  expect(answer).toMatchObject({ outcome: 'done', state: { stage: 'sal', owners: { sdr: rep } } });
  return lead;
}

describe('a hand-raiser from capture to SAL', () => {
  it('costs at most 18 history events, 3 workflow tasks and 7 server calls', async () => {
    await handRaiser(); // A warm cache.
    const before = await shell().temporal.serverCalls();
    const lead = await handRaiser();
    const after = await shell().temporal.serverCalls();

    const calls: Record<string, number> = {};
    for (const [operation, count] of after) {
      const added = count - (before.get(operation) ?? 0);
      if (added > 0 && !BACKGROUND.test(operation)) calls[operation] = added;
    }
    const handle = shell().temporal.client.workflow.getHandle(leadWorkflowId(lead));
    const { events, workflowTasks } = await historyCounts(handle);
    // Of the long polls those count that brought a task: as many as were responded to.
    calls['PollWorkflowTaskQueue'] = calls['RespondWorkflowTaskCompleted'] ?? 0;
    const serverCalls = Object.values(calls).reduce((sum, count) => sum + count, 0);
    process.stdout.write(`counts: ${JSON.stringify({ events, workflowTasks, serverCalls, calls })}\n`);
    await keepHistory('hand-raiser-to-sal', handle);

    expect(workflowTasks).toBeGreaterThan(0);
    expect(events).toBeLessThanOrEqual(18);
    expect(workflowTasks).toBeLessThanOrEqual(3);
    expect({ serverCalls, calls, within: serverCalls <= 7 }).toMatchObject({ within: true });
  });
});
