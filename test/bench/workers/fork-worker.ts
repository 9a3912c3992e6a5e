import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noteReady } from '../measure/profile.js';
import type { Site } from '../site/site.js';
import type { Ask, Kind, Told } from './protocol.js';

type Applied = Extract<Told, { tells: 'applied' }>;

/** A worker in a process of its own, and what it lets us know. */
export interface BenchWorker {
  readonly pid: number;
  readonly taskQueue: string;
  readonly poolSize: number;
  /** Resolves with the owner when the lead has come to this stage. Ask before you send what brings it there. */
  until(lead: string, stage: string): Promise<string | null>;
  /** Has its connections report their transactions. @returns how many of them that took */
  tellStatistics(): Promise<number>;
  /** Collects garbage. @returns resident bytes */
  collectGarbage(): Promise<number>;
  stop(): Promise<void>;
}

export interface ForkOptions {
  readonly site: Site;
  readonly kind: Kind;
  readonly journalKey: { readonly id: string; readonly key: Buffer };
  /** Where its log goes. */
  readonly folder: string;
  readonly maxCachedWorkflows?: number;
  /** Where a CPU profile goes, written when it stops. */
  readonly profileTo?: string | undefined;
}

/** The product's own default. */
const POOL_SIZE = 10;

/** Starts a worker; resolves when the server gives it tasks. */
export async function forkWorker(options: ForkOptions): Promise<BenchWorker> {
  const { site, kind, journalKey, folder, maxCachedWorkflows, profileTo } = options;
  const taskQueue = `bench-${kind}-${randomUUID().slice(0, 8)}`;
  const logFile = join(folder, `${taskQueue}.log`);
  mkdirSync(folder, { recursive: true });
  const output = openSync(logFile, 'a');
  const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const { NODE_OPTIONS: _flags, ...inherited } = process.env;
  const child = fork(script('./worker-process.ts'), [kind], {
    // A terminal's Ctrl-C is for the bench, which stops us in order.
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
    execArgv: [
      ...['--import', new URL('../../support/ts-register.mjs', import.meta.url).href, '--expose-gc'],
      ...(profileTo === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profileTo]),
    ],
    env: {
      ...inherited,
      DATABASE_URL: site.databaseUrl,
      DATABASE_POOL_SIZE: String(POOL_SIZE),
      TEMPORAL_ADDRESS: site.temporal.address,
      TEMPORAL_NAMESPACE: site.temporal.namespace,
      TEMPORAL_TASK_QUEUE: taskQueue,
      TEMPORAL_DEPLOYMENT: taskQueue,
      JOURNAL_KEY_ID: journalKey.id,
      JOURNAL_MAC_KEY: journalKey.key.toString('base64'),
      ...(maxCachedWorkflows && { BATON_MAX_CACHED_WORKFLOWS: String(maxCachedWorkflows) }),
    },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const talk = new Conversation(child);
  try {
    const readyAt = await Promise.race([
      talk.ready,
      ended.then(() => {
        throw new Error(`the ${kind} worker ended:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
      }),
    ]);
    if (profileTo !== undefined) noteReady(profileTo, child.pid ?? 0, readyAt);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    taskQueue,
    poolSize: POOL_SIZE,
    until: (lead, stage) => talk.until(lead, stage),
    tellStatistics: () => talk.ask('statistics'),
    collectGarbage: () => talk.ask('garbage'),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        await Promise.race([talk.ask('stop'), ended]);
        const tooLong = setTimeout(() => child.kill('SIGKILL'), 15_000);
        await ended;
        clearTimeout(tooLong);
      }
    },
  };
}

/** Longer than any queue that a measurement makes. */
const PATIENCE_MS = 60_000;

interface Waiting {
  readonly stage: string;
  readonly tell: (owner: string | null) => void;
  readonly fail: (error: Error) => void;
}

/** Questions and answers over the child's channel. */
class Conversation {
  /** When it was, by the worker's monotonic clock, in microseconds. */
  readonly ready: Promise<number>;
  readonly #waiting = new Map<string, Waiting>();
  readonly #asked = new Map<number, (value: number) => void>();
  #ids = 0;

  constructor(private readonly child: ChildProcess) {
    child.once('exit', () => {
      for (const { fail } of this.#waiting.values()) fail(new Error('the worker has ended'));
    });
    this.ready = new Promise((resolve) => {
      child.on('message', (message: Told) => {
        if (message.tells === 'ready') resolve(message.at);
        else if (message.tells === 'done') this.#asked.get(message.id)?.(message.value);
        else this.#applied(message);
      });
    });
  }

  until(lead: string, stage: string): Promise<string | null> {
    return new Promise((tell, fail) => {
      const tooLong = setTimeout(() => fail(new Error(`${lead} does not come to ${stage}`)), PATIENCE_MS);
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(tooLong);
          this.#waiting.delete(lead);
          settle(value);
        };
      this.#waiting.set(lead, { stage, tell: settled(tell), fail: settled(fail) });
    });
  }

  ask(ask: Ask['ask']): Promise<number> {
    const id = ++this.#ids;
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      this.child.send({ id, ask } satisfies Ask);
    });
  }

  #applied({ lead, stage, owner }: Applied): void {
    const waiting = this.#waiting.get(lead);
    if (waiting?.stage === stage) waiting.tell(owner);
  }
}
