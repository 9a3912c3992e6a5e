import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { ask, type BundleAnswer } from './protocol.js';

export interface TestTemporal {
  readonly address: string;
  readonly namespace: string;
  readonly client: Client;
  /**
   * Calls the server has answered in this namespace so far, by operation, complete up to now; compare two
   * readings. Long polls (`Poll…`) count too. Take an own namespace, or other test files are counted as well.
   */
  serverCalls(): Promise<Map<string, number>>;
  close(): Promise<void>;
}

/**
 * The run's Temporal server, in memory, able to skip time. All test files share it: give each its own task
 * queue ({@link uniqueTaskQueue}) and workflow ids, or an own namespace to count calls or to list all.
 */
export async function connectTestTemporal(options: { ownNamespace?: boolean } = {}): Promise<TestTemporal> {
  const server = await ask('temporal');
  const { address, metricsUrl } = server;
  const connection = await Connection.connect({ address });
  const namespace = options.ownNamespace ? (await ask('namespace')).namespace : server.namespace;
  return {
    address,
    namespace,
    client: new Client({ connection, namespace }),
    serverCalls: () => readServerCalls(connection, namespace, metricsUrl),
    close: () => connection.close(),
  };
}

async function untilItHolds(
  what: string,
  condition: () => Promise<boolean>,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      if (await condition()) return;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Waited ${timeoutMs} ms in vain until ${what}`, { cause: last });
}

export const uniqueTaskQueue = (name = 'test'): string => `${name}-${randomUUID()}`;

/** The bundle of `workflows/index.ts`, made once per run; pass it as the worker's `workflowBundle`. */
export const workflowBundle = (): Promise<BundleAnswer> => ask('bundle');

/** How long a fast-forward may take of real time. */
const FAST_FORWARD_TIMEOUT_MS = 60_000;

/**
 * Lets a workflow's own time run ahead by `durationMs`; resolves when it is there and its timers on the way
 * have fired. Only workflow time moves: activities and our database see the real clock, so move our own
 * `Clock` by as much. The server's setting is experimental; this is the one place that knows it.
 */
export async function fastForward(client: Client, workflowId: string, durationMs: number): Promise<void> {
  const { workflowService } = client.connection;
  const namespace = client.options.namespace;
  const workflowExecution = { workflowId };
  const id = randomUUID();
  await workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution,
    workflowExecutionOptions: {
      timeSkippingConfig: { enabled: true, fastForwardConfig: { id, duration: msToTs(durationMs) } },
    },
    updateMask: { paths: ['time_skipping_config'] },
  });
  await client.withDeadline(Date.now() + FAST_FORWARD_TIMEOUT_MS, () =>
    workflowService.pollWorkflowExecutionTimeSkipping({ namespace, workflowExecution, fastForwardId: id }),
  );
}

/** How many events a workflow's history has, and how many workflow tasks were completed. */
export async function historyCounts(
  handle: WorkflowHandle,
): Promise<{ events: number; workflowTasks: number }> {
  const { events } = await handle.fetchHistory();
  const tasks = events?.filter(
    ({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes,
  );
  return { events: events?.length ?? 0, workflowTasks: tasks?.length ?? 0 };
}

/** The server publishes its counts about once a second: we make a call of our own and wait until it shows. */
async function readServerCalls(
  connection: Connection,
  namespace: string,
  metricsUrl: string,
): Promise<Map<string, number>> {
  const marker = 'DescribeNamespace';
  const before = (await readServiceRequests(metricsUrl, namespace)).get(marker) ?? 0;
  await connection.workflowService.describeNamespace({ namespace });
  let counts = new Map<string, number>();
  await untilItHolds('the server has published its counts', async () => {
    counts = await readServiceRequests(metricsUrl, namespace);
    return (counts.get(marker) ?? 0) > before;
  });
  counts.delete(marker);
  return counts;
}

async function readServiceRequests(metricsUrl: string, namespace: string): Promise<Map<string, number>> {
  const response = await fetch(metricsUrl);
  const counts = new Map<string, number>();
  for (const line of (await response.text()).split('\n')) {
    const match = /^service_requests\{(.*)\} ([\d.e+]+)$/.exec(line);
    const labels = match?.[1] ?? '';
    if (!labels.includes('service_name="frontend"') || !labels.includes(`namespace="${namespace}"`)) continue;
    const operation = /operation="([^"]*)"/.exec(labels)?.[1] ?? 'unknown';
    counts.set(operation, (counts.get(operation) ?? 0) + Number(match?.[2]));
  }
  return counts;
}
