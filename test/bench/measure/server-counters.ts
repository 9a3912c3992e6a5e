import type { Client } from '@temporalio/client';
import { pause } from '../../../src/embedded/process-identity.js';

/** What a Temporal server has done so far, by operation. */
export interface ServerCounts {
  /** Calls answered by the frontend in our namespace. */
  readonly calls: ReadonlyMap<string, number>;
  /** Requests to its own database, of all namespaces. */
  readonly persistence: ReadonlyMap<string, number>;
}

/** What a worker does to keep itself informed, not for any lead, and what the bench asks for its counts. */
const BACKGROUND =
  /^(Poll|Describe|List|GetWorkflowExecutionHistory|GetSystemInfo|GetClusterInfo|RecordWorkerHeartbeat|ShutdownWorker|SetWorkerDeployment)/;
const STATE_WRITES = [
  'CreateWorkflowExecution',
  'UpdateWorkflowExecution',
  'ConflictResolveWorkflowExecution',
];

/** The server publishes its counts about once a second: we make a call of our own and wait until it shows. */
export async function readServerCounts(client: Client, metricsUrl: string): Promise<ServerCounts> {
  const { namespace } = client.options;
  const marker = 'DescribeNamespace';
  const before = (await read(metricsUrl, namespace)).calls.get(marker) ?? 0;
  await client.workflowService.describeNamespace({ namespace });
  const deadline = Date.now() + 30_000;
  for (;;) {
    const counts = await read(metricsUrl, namespace);
    if ((counts.calls.get(marker) ?? 0) > before) return counts;
    if (Date.now() > deadline) throw new Error(`${metricsUrl} does not show what the server has answered`);
    await pause(50);
  }
}

export interface ServerWork {
  /** Client calls and workflow tasks: of the long polls those count that brought a task. */
  readonly calls: number;
  /** Writes of a workflow's mutable state. */
  readonly stateWrites: number;
}

/** What the server did between two readings. */
export function serverWork(before: ServerCounts, after: ServerCounts): ServerWork {
  const calls = differences(before.calls, after.calls);
  const tasks = calls.get('RespondWorkflowTaskCompleted') ?? 0;
  const others = [...calls].filter(([operation]) => !BACKGROUND.test(operation));
  const writes = differences(before.persistence, after.persistence);
  return {
    calls: others.reduce((sum, [, count]) => sum + count, tasks),
    stateWrites: STATE_WRITES.reduce((sum, operation) => sum + (writes.get(operation) ?? 0), 0),
  };
}

function differences(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return new Map([...after].map(([operation, count]) => [operation, count - (before.get(operation) ?? 0)]));
}

async function read(metricsUrl: string, namespace: string): Promise<ServerCounts> {
  const text = await (await fetch(metricsUrl, { headers: { connection: 'close' } })).text();
  return {
    calls: sumOf(text, 'service_requests', ['service_name="frontend"', `namespace="${namespace}"`]),
    persistence: sumOf(text, 'persistence_requests', []),
  };
}

/** Sums the samples of one Prometheus counter that carry all these labels, by operation. */
export function sumOf(text: string, name: string, labels: readonly string[]): Map<string, number> {
  const sums = new Map<string, number>();
  const sample = new RegExp(`^${name}(?:_total)?\\{(.*)\\} ([\\d.e+]+)$`);
  for (const line of text.split('\n')) {
    const [, found = '', value] = sample.exec(line) ?? [];
    if (value === undefined || !labels.every((label) => found.includes(label))) continue;
    const operation = /operation="([^"]*)"/.exec(found)?.[1] ?? 'unknown';
    sums.set(operation, (sums.get(operation) ?? 0) + Number(value));
  }
  return sums;
}
