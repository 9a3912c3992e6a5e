import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { postgresBinaries } from './postgres-binaries.js';
import { commandLine, isAlive, pause, signal, waitUntilGone } from './process-identity.js';
import { logTail, type ManagedChild, startChild } from './processes.js';
import { unprivileged } from './unprivileged.js';

export interface PostgresOptions {
  /** The cluster's folder; made when absent. */
  clusterDir: string;
  port: number;
  /** Of the superuser `postgres`; taken at the first start and kept by the cluster. */
  password: string;
  logFile: string;
  /** Further server settings, such as `{ fsync: 'off' }` for tests. */
  settings?: Readonly<Record<string, string>>;
  /** The folder whose record of running processes the server is entered in. */
  recordIn?: string;
  readyTimeoutMs?: number;
}

export interface EmbeddedPostgres {
  readonly ended: ManagedChild['ended'];
  readonly port: number;
  readonly child: ManagedChild;
  /** URL for the superuser on one of its databases. */
  superuserUrl(database?: string): string;
  stop(): Promise<void>;
}

/** Starts PostgreSQL on 127.0.0.1 only, without a Unix socket; resolves when it accepts connections. */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const { clusterDir, port, password, logFile } = options;
  if (!existsSync(join(clusterDir, 'PG_VERSION'))) await initialise(clusterDir, password);
  await stopPreviousPostmaster(clusterDir);

  const { prefix, user } = unprivileged();
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...options.settings,
  };
  const command = [
    ...prefix,
    postgresBinaries().postgres,
    ...['-D', clusterDir, '-p', String(port)],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const child = await startChild({
    name: 'postgres',
    command: command[0] ?? '',
    args: command.slice(1),
    logFile,
    // "Fast shutdown": ends sessions, writes a checkpoint. SIGTERM would wait for clients to leave.
    stopSignal: 'SIGINT',
    graceSeconds: 20,
    ...(user ?? {}),
    ...(options.recordIn === undefined ? {} : { recordIn: options.recordIn }),
  });
  await untilReady(clusterDir, child, options);

  return {
    port,
    child,
    superuserUrl: (database = 'postgres') => postgresUrl('postgres', password, port, database),
    ended: child.ended,
    stop: () => child.stop(),
  };
}

export function postgresUrl(user: string, password: string, port: number, database: string): string {
  return `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** Makes the cluster beside its place and moves it there, so that a kill leaves none half made. */
async function initialise(clusterDir: string, password: string): Promise<void> {
  const fresh = `${clusterDir}.new`;
  const passwordFile = `${clusterDir}.password`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(dirname(clusterDir), { recursive: true });
  mkdirSync(fresh, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const { prefix, user } = unprivileged();
  if (user) for (const path of [fresh, passwordFile]) chownSync(path, user.uid, user.gid);
  const command = [
    ...prefix,
    postgresBinaries().initdb,
    ...['-D', fresh, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8'],
    ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions'],
  ];
  try {
    await promisify(execFile)(command[0] ?? '', command.slice(1), {
      env: { ...process.env, LC_ALL: 'C' },
      ...user,
    });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() ?? String(error);
    const advice = user
      ? ` It ran as user ${user.uid} because PostgreSQL refuses to be root: that user must be able to enter ` +
        'the project and the data folder; choose another data folder with --data-dir or BATON_DATA_DIR.'
      : '';
    throw new Error(`The PostgreSQL data folder ${clusterDir} could not be made: ${said}.${advice}`, {
      cause: error,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(fresh, clusterDir);
}

interface PidFile {
  pid: number;
  status: string;
}

/** `postmaster.pid`: line 1 the process, line 8 how far it is. Null when absent or not complete yet. */
function readPidFile(clusterDir: string): PidFile | null {
  try {
    const lines = readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number.parseInt(lines[0] ?? '', 10);
    return Number.isInteger(pid) ? { pid, status: (lines[7] ?? '').trim() } : null;
  } catch {
    return null;
  }
}

/** A postmaster that outlived its parent is stopped; a lock file that names a stranger is removed. */
export async function stopPreviousPostmaster(clusterDir: string): Promise<void> {
  const left = readPidFile(clusterDir);
  if (left === null) return;
  const command = commandLine(left.pid);
  const isOurs = command.includes('postgres') && command.includes(clusterDir);
  if (!isAlive(left.pid) || !isOurs) {
    rmSync(join(clusterDir, 'postmaster.pid'), { force: true });
    return;
  }
  for (const [name, timeoutMs] of [['SIGINT', 15_000] as const, ['SIGQUIT', 10_000] as const]) {
    signal(left.pid, name);
    if (await waitUntilGone([left.pid], timeoutMs)) return;
  }
  throw new Error(`PostgreSQL (process ${left.pid}) still runs on ${clusterDir} and does not stop.`);
}

async function untilReady(clusterDir: string, child: ManagedChild, options: PostgresOptions): Promise<void> {
  const timeoutMs = options.readyTimeoutMs ?? 60_000;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const state = readPidFile(clusterDir);
    if (state?.pid === child.pid && state.status === 'ready') return;
    if (!child.running()) break;
    if (Date.now() > deadline) {
      await child.stop();
      throw new Error(
        `PostgreSQL was not ready after ${timeoutMs / 1000} s. Its log:\n${logTail(options.logFile)}`,
      );
    }
    await pause(20);
  }
  throw new Error(`PostgreSQL ended while starting. Its log:\n${logTail(options.logFile)}`);
}
