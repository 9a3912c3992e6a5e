import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { freePort } from '../../src/embedded/ports.js';
import { signal } from '../../src/embedded/process-identity.js';
import { projectRoot } from '../../src/embedded/project-root.js';

const ProcessRecord = z.record(z.string(), z.array(z.object({ pid: z.number() })));

/** A whole Baton, started as a user starts it. */
export interface StartedBaton {
  readonly url: string;
  readonly temporalUiUrl: string;
  /** Printed at the first start on a data folder only. */
  readonly adminKey: string | null;
  /** All it has printed so far. */
  output(): string;
  /** Resolves when the text has been printed. @throws when it was not within the time. */
  untilPrinted(text: string, timeoutMs?: number): Promise<void>;
  /** Process ids of a child: the command's own first, then its watchdog's. */
  pids(name: 'api' | 'worker' | 'temporal' | 'postgres'): number[];
  /** What Ctrl-C does: the signal goes to the whole group. Resolves when the last of it has ended. */
  interrupt(): Promise<void>;
  /** kill -9 of everything in the foreground; what it started has to end by itself. */
  kill(): Promise<void>;
}

export interface StartOptions {
  dataDir: string;
  port?: number;
  env?: NodeJS.ProcessEnv;
}

/** Runs `npm start` and resolves when it says that it runs. @throws with all it printed when it ends instead. */
export async function startBaton({ dataDir, port, env }: StartOptions): Promise<StartedBaton> {
  const apiPort = port ?? (await freePort());
  const child = runNpmStart(['--port', String(apiPort), '--data-dir', dataDir], env);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  }
  // Not `exit`: npm itself may go at the signal, and we wait for the last of its group to close the output.
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));

  const untilPrinted = async (text: string, timeoutMs = 90_000): Promise<void> => {
    const deadline = Date.now() + timeoutMs;
    while (!printed.includes(text)) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`Baton ended. It said:\n${printed}`);
      if (Date.now() > deadline) throw new Error(`Baton did not print "${text}". It said:\n${printed}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const signalGroup = (name: NodeJS.Signals): void => {
    if (child.pid !== undefined) signal(-child.pid, name);
  };

  try {
    await untilPrinted('Ctrl-C stops everything.', 180_000);
  } catch (error) {
    signalGroup('SIGKILL');
    throw error;
  }
  return {
    url: `http://127.0.0.1:${apiPort}`,
    temporalUiUrl: /Temporal UI +(\S+)/.exec(printed)?.[1] ?? '',
    adminKey: /Admin API key[^:]*: (\S+)/.exec(printed)?.[1] ?? null,
    output: () => printed,
    untilPrinted,
    pids: (name) => pidsOf(dataDir, name),
    async interrupt() {
      signalGroup('SIGINT');
      await ended;
    },
    async kill() {
      signalGroup('SIGKILL');
      await ended;
    },
  };
}

/** `npm start -- …` in a process group of its own, like a shell's foreground job. */
export function runNpmStart(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn('npm', ['start', '--silent', '--', ...args], {
    cwd: projectRoot(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
}

function pidsOf(dataDir: string, name: 'api' | 'worker' | 'temporal' | 'postgres'): number[] {
  if (name === 'postgres') {
    return [Number.parseInt(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10)];
  }
  const record = ProcessRecord.parse(JSON.parse(readFileSync(join(dataDir, 'processes.json'), 'utf8')));
  return (record[name] ?? []).map(({ pid }) => pid);
}
