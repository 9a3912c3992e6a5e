import { randomUUID } from 'node:crypto';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { inLanes } from '../../../src/feed/lanes.js';
import type { Command } from '../../../src/domain/journey/inputs.js';
import { createTemporalLeadGateway } from '../../../src/leads/lead-gateway.js';
import { leadWorkflowId } from '../../../workflows/lead.messages.js';
import { acceptId, captureQuietly, type Company, END_ID, storeCommands } from '../site/company.js';
import type { BenchWorker } from '../workers/fork-worker.js';
import {
  acceptUpdate,
  bareUpdate,
  endUpdate,
  type FloorMessage,
  FLOOR_WORKFLOW,
  ringSignal,
} from '../workflows/floor.messages.js';

/** The messages of a hand-off, as one side takes them. All resolve when the answer is there. */
export interface Arm {
  readonly worker: BenchWorker;
  /** New leads, known to nobody but the database. */
  prepare(count: number): Promise<readonly string[]>;
  workflowId(lead: string): string;
  /** Rings; resolves with who was offered the lead. */
  offer(lead: string): Promise<string | null>;
  accept(lead: string, owner: string | null): Promise<void>;
  /** The workflow closes after it. */
  end(lead: string): Promise<void>;
}

const LANES = 10;
const PATIENCE_MS = 60_000;

/** A call that a server does not answer fails the measurement, instead of holding it up for ever. */
export const inTime = <T>(client: Client, call: () => Promise<T>): Promise<T> =>
  client.withDeadline(Date.now() + PATIENCE_MS, call);

/** Baton: what its gateway sends, and its own workflow, `apply` and rules. */
export function productArm(company: Company, worker: BenchWorker): Arm {
  const gateway = createTemporalLeadGateway({ client: company.client, taskQueue: worker.taskQueue });
  const command = async (lead: string, kind: Command, inputId: string): Promise<void> => {
    const answer = await gateway.command(lead, kind, inputId);
    if (answer.outcome !== 'done') throw new Error(`${kind} of ${lead} is refused: ${answer.detail}`);
  };
  return {
    worker,
    async prepare(count) {
      const leads = await captureQuietly(company, count, 'demo_request');
      await inLanes(leads, LANES, (lead) => storeCommands(company, lead));
      return leads;
    },
    workflowId: leadWorkflowId,
    async offer(lead) {
      const offered = worker.until(lead, 'mql.offered');
      await Promise.all([offered, gateway.ring(lead, 'fact')]);
      return offered;
    },
    accept: (lead, owner) => command(lead, 'accept', acceptId(owner ?? 'nobody')),
    end: (lead) => command(lead, 'reject', END_ID),
  };
}

/** The floor's further updates: without a transaction, and sent the cheaper way. */
export interface FloorArm extends Arm {
  bare(lead: string): Promise<void>;
  bareWithStart(lead: string): Promise<void>;
}

/** The same messages to a workflow that does nothing with them. */
export function floorArm({ client }: Company, worker: BenchWorker): FloorArm {
  const startOptions = (lead: string) => ({
    workflowId: `floor:${lead}`,
    taskQueue: worker.taskQueue,
    args: [{ leadId: lead }],
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
  });
  const update = async (lead: string, definition: typeof acceptUpdate, inputId: string): Promise<void> => {
    const startWorkflowOperation = new WithStartWorkflowOperation(FLOOR_WORKFLOW, startOptions(lead));
    await inTime(client, () =>
      client.workflow.executeUpdateWithStart(definition, {
        args: [{ inputId }],
        updateId: inputId,
        startWorkflowOperation,
      }),
    );
  };
  return {
    worker,
    prepare: (count) => Promise.resolve(Array.from({ length: count }, () => randomUUID())),
    workflowId: (lead) => `floor:${lead}`,
    async offer(lead) {
      const rung = worker.until(lead, 'rung');
      await Promise.all([
        rung,
        client.workflow.signalWithStart(FLOOR_WORKFLOW, {
          ...startOptions(lead),
          signal: ringSignal,
          signalArgs: [],
        }),
      ]);
      return rung;
    },
    accept: (lead) => update(lead, acceptUpdate, 'accept'),
    end: (lead) => update(lead, endUpdate, 'end'),
    bareWithStart: (lead) => update(lead, bareUpdate, 'bare-with-start'),
    async bare(lead) {
      const handle = client.workflow.getHandle(`floor:${lead}`);
      const args: [FloorMessage] = [{ inputId: 'bare' }];
      await inTime(client, () => handle.executeUpdate(bareUpdate, { args, updateId: 'bare' }));
    },
  };
}

/** All of a hand-off, one message after the other's answer. */
export async function liveThrough(arm: Arm, lead: string): Promise<void> {
  await arm.accept(lead, await arm.offer(lead));
  await arm.end(lead);
}
