import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import type { Log } from '../log.js';

/** Any number: no other of our two-part locks begins with it. */
const PRESENCE = 7_320;
const AGAIN_MS = 500;

/** Shows who is at work, by locks that the database gives up by itself when the process dies. */
export interface Presence {
  /** From soon on until `leave`, however often the database goes away in between. */
  show(runner: string): void;
  leave(): Promise<void>;
}

export function createPresence(databaseUrl: string, log: Log): Presence {
  const runners = new Set<string>();
  let client: pg.Client | null = null;
  let connecting: Promise<void> | null = null;
  let left = false;
  const isGone = (): boolean => left;

  async function connect(): Promise<void> {
    while (!isGone()) {
      const fresh = new pg.Client({ connectionString: databaseUrl, application_name: 'baton-presence' });
      fresh.on('error', () => undefined);
      fresh.once('end', () => {
        if (client !== fresh) return;
        client = null;
        start();
      });
      try {
        await fresh.connect();
        for (const runner of runners) await lock(fresh, runner);
        client = fresh;
        return;
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        log.warn('the relay cannot show its presence', { detail });
        await fresh.end().catch(() => undefined);
        await wait(AGAIN_MS);
      }
    }
  }
  const start = (): void => {
    connecting ??= connect().finally(() => (connecting = null));
  };

  return {
    show(runner) {
      runners.add(runner);
      if (client === null) start();
      // A connection that breaks here comes back and locks all again.
      else void lock(client, runner).catch(() => undefined);
    },
    async leave() {
      left = true;
      await connecting;
      await client?.end().catch(() => undefined);
    },
  };
}

const lock = (client: pg.Client, runner: string): Promise<unknown> =>
  client.query('select pg_advisory_lock($1, hashtext($2))', [PRESENCE, runner]);

/** Of these runners, those that nobody shows: dead, or cut off from the database. */
export async function absent(
  manager: EntityManager | DataSource,
  runners: readonly string[],
): Promise<readonly string[]> {
  const rows = await manager.query<{ runner: string }[]>(
    'select runner from unnest($1::text[]) runner where pg_try_advisory_xact_lock($2, hashtext(runner))',
    [runners, PRESENCE],
  );
  return rows.map(({ runner }) => runner);
}
