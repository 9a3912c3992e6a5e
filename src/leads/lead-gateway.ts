import {
  type Client,
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Answer } from '../domain/journey/apply.types.js';
import type { Command } from '../domain/journey/inputs.js';
import { type Milliseconds, SECOND } from '../domain/time.js';
import {
  type Bell,
  BELLS,
  commandUpdates,
  JOURNAL_UNAVAILABLE,
  LEAD_WORKFLOW,
  leadIdFromWorkflowId,
  type LeadRun,
  leadWorkflowId,
} from '../../workflows/lead.messages.js';
import {
  MIGRATION_WORKFLOW,
  type MigrationRun,
  migrationWorkflowId,
} from '../../workflows/policy-migration.messages.js';
import { KeyedLimiter } from './keyed-limiter.js';

/** The one way from our services to the workflows of leads. */
export interface LeadGateway {
  /**
   * Has a command that lies in the inbox decided, starting the lead's workflow where there is none.
   * A repeat with the same input id is safe and gets the stored answer.
   * @throws LeadsUnavailable when there is no answer in time; the command may still be carried out.
   * @throws LeadFaulty when this lead needs repair.
   */
  command(leadId: string, kind: Command, inputId: string): Promise<Answer>;
  /**
   * Tells the lead's workflow to look again, starting it where there is none.
   * @throws LeadsUnavailable
   */
  ring(leadId: string, bell: Bell): Promise<void>;
  /**
   * Starts the workflow of a policy migration; one that runs goes on.
   * @throws LeadsUnavailable
   */
  startMigration(migrationId: string): Promise<void>;
  /** Ids of the leads that have an open workflow, as of some seconds ago. */
  listOpen(): AsyncIterable<string>;
}

/** Nobody decides about leads just now: 503, repeat with the same key. */
export class LeadsUnavailable extends Error {
  override readonly name = 'LeadsUnavailable';
  readonly retryAfterSeconds = 2;
}

/** The journal of this lead contradicts itself or the command: only a person can mend it. */
export class LeadFaulty extends Error {
  override readonly name = 'LeadFaulty';
}

export interface TemporalLeadGatewayOptions {
  readonly client: Client;
  readonly taskQueue: string;
  /** How long a caller waits, at most. */
  readonly patience?: Milliseconds;
}

/** Temporal loses updates when more than ten are in flight on one workflow; other processes send, too. */
const IN_FLIGHT_PER_LEAD = 5;
const PATIENCE = 10 * SECOND;
/** Update failures that say "not carried out yet, send it again": the input id keeps it to one time. */
const SEND_AGAIN: readonly string[] = [
  'UnprocessedUpdate',
  'AcceptedUpdateCompletedWorkflow',
  JOURNAL_UNAVAILABLE,
];

export function createTemporalLeadGateway(options: TemporalLeadGatewayOptions): LeadGateway {
  const { client, taskQueue, patience = PATIENCE } = options;
  const limiter = new KeyedLimiter(IN_FLIGHT_PER_LEAD);

  const startOptions = (leadId: string) => ({
    workflowId: leadWorkflowId(leadId),
    taskQueue,
    args: [{ leadId }] satisfies [LeadRun],
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    staticSummary: `lead ${leadId}`,
    staticDetails: `Its story: \`baton show ${leadId}\`, or \`GET /v1/leads/${leadId}/journey\`. Its state: current details.`,
  });
  const updateOnce = (leadId: string, kind: Command, inputId: string): Promise<Answer> => {
    const update = commandUpdates.get(kind);
    if (update === undefined) throw new Error(`no update is defined for the command ${kind}`);
    return client.workflow.executeUpdateWithStart(update, {
      args: [{ inputId }],
      updateId: inputId,
      startWorkflowOperation: new WithStartWorkflowOperation(LEAD_WORKFLOW, startOptions(leadId)),
    });
  };

  return {
    command: (leadId, kind, inputId) => {
      const deadline = Date.now() + patience;
      return limiter.run(leadId, () =>
        untilAnswered(client, deadline, () => updateOnce(leadId, kind, inputId)),
      );
    },
    ring: (leadId, bell) =>
      untilAnswered(client, Date.now() + patience, async () => {
        await client.workflow.signalWithStart(LEAD_WORKFLOW, {
          ...startOptions(leadId),
          signal: BELLS[bell],
          signalArgs: [],
        });
      }),
    startMigration: (migrationId) =>
      untilAnswered(client, Date.now() + patience, async () => {
        await client.workflow.start(MIGRATION_WORKFLOW, {
          workflowId: migrationWorkflowId(migrationId),
          taskQueue,
          args: [{ migrationId }] satisfies [MigrationRun],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          staticSummary: `policy migration ${migrationId}`,
          staticDetails: `How far it is: \`GET /v1/policy-migrations/${migrationId}\`.`,
        });
      }),
    async *listOpen() {
      const query = `WorkflowType = '${LEAD_WORKFLOW}' AND ExecutionStatus = 'Running'`;
      for await (const { workflowId } of client.workflow.list({ query })) {
        const leadId = leadIdFromWorkflowId(workflowId);
        if (leadId !== null) yield leadId;
      }
    },
  };
}

/** Sends until there is an answer, or the deadline passes. */
async function untilAnswered<T>(client: Client, deadline: number, send: () => Promise<T>): Promise<T> {
  for (let pause = 25; ; pause = Math.min(2 * pause, 500)) {
    if (Date.now() >= deadline) throw new LeadsUnavailable('leads cannot be decided about just now');
    try {
      return await client.withDeadline(deadline, send);
    } catch (error) {
      if (!isPassing(error)) throw asFault(error);
      await new Promise((resolve) =>
        setTimeout(resolve, Math.min(pause, Math.max(0, deadline - Date.now()))),
      );
    }
  }
}

/** INVALID_ARGUMENT, PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED: sending again changes nothing. */
const LASTING_CODES: readonly number[] = [3, 7, 12, 16];

/** Whether the next attempt may fare better: also when the workflow ended or continued as new meanwhile. */
function isPassing(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  const cause = error instanceof Error ? error.cause : undefined;
  if (error instanceof WorkflowUpdateFailedError) {
    return cause instanceof ApplicationFailure && SEND_AGAIN.includes(cause.type ?? '');
  }
  const grpc = isGrpcServiceError(error) ? error : cause;
  if (isGrpcServiceError(grpc)) return !LASTING_CODES.includes(grpc.code);
  return error instanceof Error && error.name === 'WorkflowNotFoundError';
}

const asFault = (error: unknown): unknown =>
  error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure
    ? new LeadFaulty(`this lead needs repair: ${error.cause.type ?? 'unknown'}`)
    : error;
