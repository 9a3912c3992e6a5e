import { afterAll, beforeAll } from '@jest/globals';
import {
  GracefulShutdownPeriodExpiredError,
  type NativeConnection,
  NativeConnection as Native,
  Worker,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { createLeadActivities } from '../../activities/lead.activities.js';
import { isPassing } from '../../src/db/passing.js';
import type { ApplyRequest, ApplyResult, LeadView } from '../../src/domain/journey/apply.types.js';
import { createTemporalLeadGateway, type LeadGateway } from '../../src/leads/lead-gateway.js';
import { SILENT } from '../../src/log.js';
import {
  connectTestTemporal,
  type TestTemporal,
  uniqueTaskQueue,
  workflowBundle,
} from '../support/temporal.js';

export interface Shell {
  readonly temporal: TestTemporal;
  readonly gateway: LeadGateway;
  readonly taskQueue: string;
}

/** The shell around `apply`: a real server, a real worker, the gateway; one per test file. */
export function useShell(
  apply: (request: ApplyRequest) => Promise<ApplyResult>,
  options: { ownNamespace?: boolean } = {},
): () => Shell {
  let shell: Shell | undefined;
  let connection: NativeConnection | undefined;
  let running: { worker: Worker; run: Promise<void> } | undefined;
  beforeAll(async () => {
    const temporal = await connectTestTemporal(options);
    const taskQueue = uniqueTaskQueue('lead');
    connection = await Native.connect({ address: temporal.address });
    const bundle: WorkflowBundleOption = await workflowBundle();
    const worker = await Worker.create({
      connection,
      namespace: temporal.namespace,
      taskQueue,
      workflowBundle: bundle,
      activities: createLeadActivities({ apply, isPassing, log: SILENT }),
      workflowTaskPollerBehavior: { type: 'autoscaling' },
      // A local activity that hangs keeps the SDK from draining; the product's worker ends by force, too.
      shutdownForceTime: '5 s',
    });
    running = { worker, run: worker.run() };
    shell = {
      temporal,
      taskQueue,
      gateway: createTemporalLeadGateway({ client: temporal.client, taskQueue }),
    };
  }, 60_000);
  afterAll(async () => {
    running?.worker.shutdown();
    // A worker that was ended by force may still hold its connection; the process takes it along.
    await running?.run.then(
      () => connection?.close(),
      (error: unknown) => {
        if (!(error instanceof GracefulShutdownPeriodExpiredError)) throw error;
      },
    );
    await shell?.temporal.close();
  }, 60_000);
  return () => {
    if (shell === undefined) throw new Error('The shell exists in tests and hooks only.');
    return shell;
  };
}

/** Waits for a condition, not for a time. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  ms = 15_000,
): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * Stands where the journal does, for what the shell alone promises: it answers each command once and by its id,
 * notes every call, and does as a test tells it with `next`.
 */
export class Desk {
  readonly calls: ApplyRequest[] = [];
  readonly decided = new Map<string, number>();
  wakeAt: number | null = null;
  ended = false;
  atOnce = 0;
  mostAtOnce = 0;
  /** Runs before each call is answered; what it throws is what the database would throw. */
  before: (request: ApplyRequest) => void | Promise<void> = () => undefined;

  async apply(request: ApplyRequest): Promise<ApplyResult> {
    this.calls.push(request);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    try {
      await this.before(request);
      return this.answer(request);
    } finally {
      this.atOnce--;
    }
  }

  private answer({ leadId, command }: ApplyRequest): ApplyResult {
    const seq = command === null ? this.decided.size : (this.decided.get(command) ?? this.decided.size + 1);
    if (command !== null) this.decided.set(command, seq);
    return {
      seq,
      answer: command === null ? null : { outcome: 'done', seq, state: view(leadId, seq) },
      wakeAt: this.wakeAt,
      wakeFor: this.wakeAt === null ? null : 'acceptance',
      more: false,
      ended: this.ended,
      summary: `row ${seq}`,
      attributes: { stage: 'mql.offered', owner: 'rep-1', pool: null, policy: 'p1', due: this.wakeAt },
    };
  }
}

const view = (id: string, seq: number): LeadView => ({
  id,
  seq,
  stage: 'mql',
  level: 'advanced',
  situation: 'mql.offered',
  team: 'marketing',
  owners: { sdr: null, ae: null },
  handOff: null,
  deadlines: [],
  review: null,
  recycles: 0,
  coolOffUntil: null,
  firstResponseAt: null,
  criteria: {},
  tags: [],
  policy: 'p1',
  at: '2026-01-01T00:00:00.000Z',
});
