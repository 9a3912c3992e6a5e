import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import { pause } from './process-identity.js';
import { logTail, type ManagedChild, startChild } from './processes.js';

/** The search attributes of a lead's workflow; registered where a server is set up. */
export const SEARCH_ATTRIBUTES = {
  BatonStage: 'Keyword',
  BatonOwner: 'Keyword',
  BatonPool: 'Keyword',
  BatonPolicy: 'Keyword',
  BatonTrouble: 'Keyword',
  BatonDue: 'Datetime',
} as const;

export interface TemporalOptions {
  cli: string;
  port: number;
  /** Without it there is no web UI. */
  uiPort?: number;
  metricsPort?: number;
  /** Where history is kept; without it in memory. */
  dbFile?: string;
  /** Created at the start; `default` when not given. */
  namespaces?: readonly string[];
  logFile: string;
  dynamicConfig?: Readonly<Record<string, string>>;
  recordIn?: string;
  readyTimeoutMs?: number;
}

export interface EmbeddedTemporal {
  readonly ended: ManagedChild['ended'];
  readonly address: string;
  readonly child: ManagedChild;
  stop(): Promise<void>;
}

/** Starts a Temporal development server on 127.0.0.1; resolves when it is healthy and knows the namespace. */
export async function startTemporal(options: TemporalOptions): Promise<EmbeddedTemporal> {
  const namespaces = options.namespaces ?? ['default'];
  if (options.dbFile !== undefined) mkdirSync(dirname(options.dbFile), { recursive: true });
  const pairs = (flag: string, values: Readonly<Record<string, string>>): string[] =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  const child = await startChild({
    name: 'temporal',
    command: options.cli,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(options.port)],
      ...namespaces.flatMap((name) => ['--namespace', name]),
      ...(options.uiPort === undefined ? ['--headless'] : ['--ui-port', String(options.uiPort)]),
      ...(options.metricsPort === undefined ? [] : ['--metrics-port', String(options.metricsPort)]),
      ...(options.dbFile === undefined ? [] : ['--db-filename', options.dbFile]),
      ...['--log-level', 'error'],
      ...pairs('--search-attribute', SEARCH_ATTRIBUTES),
      ...pairs('--dynamic-config-value', options.dynamicConfig ?? {}),
    ],
    logFile: options.logFile,
    graceSeconds: 10,
    ...(options.recordIn === undefined ? {} : { recordIn: options.recordIn }),
  });
  const address = `127.0.0.1:${options.port}`;
  await untilHealthy(address, namespaces.at(-1) ?? 'default', child, options);
  return { address, child, ended: child.ended, stop: () => child.stop() };
}

async function untilHealthy(
  address: string,
  namespace: string,
  child: ManagedChild,
  options: TemporalOptions,
): Promise<void> {
  const timeoutMs = options.readyTimeoutMs ?? 60_000;
  const deadline = Date.now() + timeoutMs;
  while (child.running() && Date.now() < deadline) {
    if ((await isListening(options.port)) && (await knowsNamespace(address, namespace))) return;
    await pause(50);
  }
  const ended = !child.running();
  await child.stop();
  throw new Error(
    `Temporal ${ended ? 'ended while starting' : `was not ready after ${timeoutMs / 1000} s`}. ` +
      `Its log:\n${logTail(options.logFile)}`,
  );
}

async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (listening: boolean) => (): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
  });
}

async function knowsNamespace(address: string, namespace: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: '2 s' });
    try {
      await connection.withDeadline(Date.now() + 2000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}
