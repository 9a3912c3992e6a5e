import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { processIdentity, signal } from './process-identity.js';
import { forget, remember } from './process-record.js';

/** How long a child may take to end by itself before it is killed. */
const DEFAULT_GRACE_SECONDS = 10;
const MAX_LOG_BYTES = 10 * 1024 * 1024;

/**
 * Runs the command until it ends or until the pipe on fd 3 closes, which it does however our process dies,
 * also by kill -9. Then: the stop signal, and SIGKILL after the grace time. The command's own id goes out
 * on fd 4. A shell, because it costs no memory and, unlike the command, is told nothing by the terminal.
 */
const WATCHDOG = `
stop=$1; tenths=$2; shift 2
"$@" </dev/null 3<&- 4>&- &
child=$!
echo $child >&4
exec 4>&-
(
  read -r _ <&3
  kill -s "$stop" $child 2>/dev/null
  while [ $tenths -gt 0 ] && kill -0 $child 2>/dev/null; do sleep 0.1; tenths=$((tenths - 1)); done
  kill -s KILL $child 2>/dev/null
) >/dev/null 2>&1 &
watcher=$!
wait $child 2>/dev/null
status=$?
kill -s KILL $watcher 2>/dev/null
exit $status
`;

export interface ChildSpec {
  /** Short name for messages and the record, such as `temporal`. */
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Where output goes (appended); without it the child writes to our own output. */
  logFile?: string;
  stopSignal?: 'SIGINT' | 'SIGTERM';
  graceSeconds?: number;
  uid?: number;
  gid?: number;
  /** The folder whose record of running processes this child is entered in. */
  recordIn?: string;
}

export interface ManagedChild {
  readonly name: string;
  /** The command's own process id. */
  readonly pid: number;
  /** Resolves when the child has ended, for whatever reason; never rejects. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly running: () => boolean;
  /** Stops the child in order; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Starts a child in its own process group that cannot outlive us; resolves when its process id is known. */
export async function startChild(spec: ChildSpec): Promise<ManagedChild> {
  const log = spec.logFile === undefined ? null : openLog(spec.logFile);
  const grace = spec.graceSeconds ?? DEFAULT_GRACE_SECONDS;
  const output = log ?? 'inherit';
  const stdio: StdioOptions = ['ignore', output, output, 'pipe', 'pipe'];
  const stop = (spec.stopSignal ?? 'SIGTERM').slice('SIG'.length);
  const shell: ChildProcess = spawn(
    '/bin/sh',
    ['-c', WATCHDOG, 'baton-watchdog', stop, String(grace * 10), spec.command, ...spec.args],
    {
      detached: true,
      stdio,
      env: spec.env ?? process.env,
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
      ...(spec.uid === undefined ? {} : { uid: spec.uid }),
      ...(spec.gid === undefined ? {} : { gid: spec.gid }),
    },
  );
  if (log !== null) closeSync(log);
  let running = true;
  let pid = 0;
  let identity: string | null = null;
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    const finish = (code: number | null, exitSignal: NodeJS.Signals | null): void => {
      running = false;
      // Had the watchdog itself been killed, its command would run on unseen.
      if (identity !== null && processIdentity(pid) === identity) signal(pid, 'SIGKILL');
      for (const pipe of shell.stdio) pipe?.destroy();
      if (spec.recordIn !== undefined) forget(spec.recordIn, spec.name);
      resolve({ code, signal: exitSignal });
    };
    shell.once('exit', finish);
    shell.once('error', () => finish(null, null));
  });
  const lifeline = shell.stdio[3] as NodeJS.WritableStream & { unref?: () => void };
  lifeline.on('error', () => undefined);
  pid = await readPid(shell.stdio[4] as Readable, ended, spec.name);
  identity = processIdentity(pid);
  if (spec.recordIn !== undefined && shell.pid !== undefined)
    remember(spec.recordIn, spec.name, [pid, shell.pid]);

  return {
    name: spec.name,
    pid,
    ended,
    running: () => running,
    async stop() {
      lifeline.end();
      await ended;
    },
  };
}

async function readPid(pipe: Readable, ended: Promise<unknown>, name: string): Promise<number> {
  let text = '';
  const closed = new Promise<void>((resolve) => {
    pipe.on('data', (chunk: Buffer) => (text += chunk.toString()));
    pipe.once('close', resolve);
  });
  await Promise.race([closed, ended]);
  const pid = Number.parseInt(text, 10);
  if (!Number.isInteger(pid)) throw new Error(`${name} could not be started: /bin/sh gave no process id`);
  return pid;
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > MAX_LOG_BYTES) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}

/** The last lines of a log, for the message about a child that failed. */
export function logTail(file: string, lines = 15): string {
  if (!existsSync(file)) return '(no log was written)';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
