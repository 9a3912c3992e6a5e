import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import pg from 'pg';
import { z } from 'zod';
import { commandLine, processIdentity, signal } from '../../src/embedded/process-identity.js';
import type { Strike, Victim } from './kill-plan.js';

/** One kill -9. */
export interface Kill {
  readonly at: string;
  readonly victim: Victim;
  readonly pid: number;
  readonly how: Strike['how'];
  /** Until it worked again, or (null) until it was killed again before that. */
  readonly backMs: number | null;
}

export interface KillerOptions {
  readonly dataDir: string;
  readonly url: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** One JSON object per line. */
  readonly logFile: string;
}

const LOOK_MS = 50;
/** A victim that is not back by then has been lost. */
const PATIENCE_MS = 180_000;

/** Kills processes of one Baton and waits until they work again. */
export class Killer {
  readonly kills: Kill[] = [];

  constructor(private readonly options: KillerOptions) {}

  /** Resolves when all that was killed works again. @throws Error when it does not */
  async strike(strike: Strike): Promise<void> {
    const { victims, how } = strike;
    const [first, second] = victims;
    const later = how === 'soon_after' ? strike.laterMs : 0;
    await wait(strike.pauseMs);
    if (second === undefined) return this.#untilBack(await this.#kill(first), how, null);
    const killed = await this.#kill(first);
    if (first !== second) {
      await Promise.all([
        this.#untilBack(killed, how, null),
        wait(later).then(async () => this.#untilBack(await this.#kill(second), how, null)),
      ]);
      return;
    }
    // As soon as there is another one, however far it is.
    const again = wait(later).then(() => this.#kill(second, killed.pid));
    const [next] = await Promise.all([again, this.#untilBack(killed, how, again)]);
    await this.#untilBack(next, how, null);
  }

  async #kill(victim: Victim, not = 0): Promise<Killed> {
    const pid = await until(`${victim} runs, to be killed`, () => {
      const found = this.#pidOf(victim);
      return found === not ? null : found;
    });
    const logged = victim === 'worker' ? this.#workerLogSize() : 0;
    signal(pid, 'SIGKILL');
    return { victim, pid, at: Date.now(), logged };
  }

  async #untilBack(killed: Killed, how: Strike['how'], again: Promise<unknown> | null): Promise<void> {
    const { victim, pid, at } = killed;
    const over = new AbortController();
    void again?.then(() => over.abort());
    await until(`${victim} (${pid}, killed at ${new Date(at).toISOString()}) works again`, async () => {
      if (over.signal.aborted) return true;
      const now = this.#pidOf(victim);
      return now !== null && now !== pid && (await this.#works(victim, killed)) ? true : null;
    });
    const kill: Kill = {
      at: new Date(at).toISOString(),
      victim,
      pid,
      how,
      backMs: over.signal.aborted ? null : Date.now() - at,
    };
    this.kills.push(kill);
    appendFileSync(this.options.logFile, `${JSON.stringify(kill)}\n`);
  }

  /** Null while there is none. Only ever a process that this Baton has recorded as its own, and that is still it. */
  #pidOf(victim: Victim): number | null {
    return victim === 'postgres' ? this.#postmaster() : recorded(this.options.dataDir, victim);
  }

  #postmaster(): number | null {
    const cluster = join(this.options.dataDir, 'postgres');
    try {
      const pid = Number.parseInt(readFileSync(join(cluster, 'postmaster.pid'), 'utf8'), 10);
      const command = commandLine(pid);
      return command.includes('postgres') && command.includes(cluster) ? pid : null;
    } catch {
      return null;
    }
  }

  async #works(victim: Victim, { logged }: Killed): Promise<boolean> {
    switch (victim) {
      case 'api':
        return fetch(`${this.options.url}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        );
      case 'postgres':
        return answers(this.options.databaseUrl);
      case 'temporal':
        return serves(this.options.temporalAddress);
      case 'worker':
        return this.#workerLog(logged).includes('"working"');
    }
  }

  #workerLogSize(): number {
    return statSync(join(this.options.dataDir, 'logs', 'worker.log')).size;
  }

  #workerLog(from: number): string {
    const text = readFileSync(join(this.options.dataDir, 'logs', 'worker.log'));
    // A long log is put aside when a process starts, and a new one begins.
    return text.subarray(text.length < from ? 0 : from).toString();
  }
}

interface Killed {
  readonly victim: Victim;
  readonly pid: number;
  readonly at: number;
  /** Size of the worker's log then. */
  readonly logged: number;
}

const record = z.record(z.string(), z.array(z.object({ pid: z.number(), identity: z.string() })));

/** The command itself comes first, then its watchdog. */
function recorded(dataDir: string, name: string): number | null {
  try {
    const file = readFileSync(join(dataDir, 'processes.json'), 'utf8');
    const command = record.parse(JSON.parse(file))[name]?.[0];
    return command !== undefined && processIdentity(command.pid) === command.identity ? command.pid : null;
  } catch {
    return null;
  }
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function serves(address: string): Promise<boolean> {
  if (!(await listens(address))) return false;
  try {
    const connection = await Connection.connect({ address, connectTimeout: 2_000 });
    await connection
      .withDeadline(Date.now() + 2_000, () =>
        connection.workflowService.describeNamespace({ namespace: 'default' }),
      )
      .finally(() => connection.close());
    return true;
  } catch {
    return false;
  }
}

/** Costs nothing while nobody listens, unlike a gRPC connection. */
function listens(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    const end = (listening: boolean) => (): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', end(true));
    socket.once('error', end(false));
  });
}

async function until<T>(what: string, look: () => T | null | Promise<T | null>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${PATIENCE_MS / 1000} s in vain until ${what}`);
    await wait(LOOK_MS);
  }
}
