import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { isAlive, processIdentity } from './process-identity.js';

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
wait $child
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
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    const finish = (code: number | null, signal: NodeJS.Signals | null): void => {
      running = false;
      if (spec.recordIn !== undefined) forget(spec.recordIn, spec.name);
      resolve({ code, signal });
    };
    shell.once('exit', finish);
    shell.once('error', () => finish(null, null));
  });
  const lifeline = shell.stdio[3] as NodeJS.WritableStream & { unref?: () => void };
  lifeline.on('error', () => undefined);
  const pid = await readPid(shell.stdio[4] as Readable, ended, spec.name);
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

// --- The record: which processes a data folder has running, so that the next start can end left-overs. ---

interface Recorded {
  pid: number;
  /** What distinguishes this process from a later one with the same number. */
  identity: string;
}
type Record_ = Record<string, Recorded[]>;

const recordFile = (folder: string): string => join(folder, 'processes.json');

function readRecord(folder: string): Record_ {
  const file = recordFile(folder);
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record_;
  } catch {
    return {}; // Half-written when the machine went down: what it named is gone with it.
  }
}

function writeRecord(folder: string, record: Record_): void {
  mkdirSync(folder, { recursive: true });
  const temporary = `${recordFile(folder)}.new`;
  writeFileSync(temporary, JSON.stringify(record, null, 2), { mode: 0o600 });
  renameSync(temporary, recordFile(folder));
}

/** Enters processes under a name; those that have ended already are left out. */
export function remember(folder: string, name: string, pids: readonly number[]): void {
  const entries = pids.flatMap((pid) => {
    const identity = processIdentity(pid);
    return identity === null ? [] : [{ pid, identity }];
  });
  writeRecord(folder, { ...readRecord(folder), [name]: entries });
}

export function forget(folder: string, name: string): void {
  if (!existsSync(folder)) return;
  const { [name]: _gone, ...rest } = readRecord(folder);
  writeRecord(folder, rest);
}

/** Names of recorded processes that still run; a number that now belongs to a stranger does not count. */
export function leftOvers(folder: string): { name: string; pid: number }[] {
  return Object.entries(readRecord(folder)).flatMap(([name, entries]) =>
    entries
      .filter(({ pid, identity }) => processIdentity(pid) === identity)
      .map(({ pid }) => ({ name, pid })),
  );
}

/**
 * Ends what an earlier run left behind: SIGTERM, then SIGKILL after `graceMs`.
 * Returns the names of what it ended.
 */
export async function stopLeftOvers(folder: string, graceMs = 5000): Promise<string[]> {
  const found = leftOvers(folder);
  for (const { pid } of found) signal(pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (leftOvers(folder).length > 0 && Date.now() < deadline) await pause(50);
  for (const { pid } of leftOvers(folder)) signal(pid, 'SIGKILL');
  await waitUntilGone(
    found.map(({ pid }) => pid),
    2000,
  );
  rmSync(recordFile(folder), { force: true });
  return [...new Set(found.map(({ name }) => name))];
}

export async function waitUntilGone(pids: readonly number[], timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (pids.some(isAlive)) {
    if (Date.now() > deadline) return false;
    await pause(25);
  }
  return true;
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Ended in the meantime: that is what was wanted.
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
