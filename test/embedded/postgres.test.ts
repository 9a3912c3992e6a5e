import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync, chmodSync, chownSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { freePort } from '../../src/embedded/ports.js';
import { type EmbeddedPostgres, startPostgres } from '../../src/embedded/postgres.js';
import { signal, waitUntilGone } from '../../src/embedded/process-identity.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { provisionDatabase } from '../../src/embedded/provision.js';

let folder = '';
let port = 0;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'baton postgres '));
  port = await freePort();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = () =>
  startPostgres({
    clusterDir: join(folder, 'cluster'),
    port,
    password: 'a "b\' c',
    logFile: join(folder, 'log'),
  });

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function inServer<T>(server: EmbeddedPostgres, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await server.stop();
  }
}

describe('the embedded PostgreSQL', () => {
  it('keeps what was committed when it is killed with -9', async () => {
    const first = await start();
    await query(first.superuserUrl(), 'CREATE TABLE kept AS SELECT 42 AS answer');
    signal(first.child.pid, 'SIGKILL');
    await first.ended;
    const second = await start();
    await inServer(second, async () => {
      expect(await query(second.superuserUrl(), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    });
  });

  it('stops a server that was left behind on its folder, and starts', async () => {
    const lost = await start();
    const again = await start();
    expect(await waitUntilGone([lost.child.pid], 5000)).toBe(true);
    await again.stop();
  });

  it('removes the lock of a process that is a stranger now', async () => {
    await (await start()).stop();
    writeFileSync(join(folder, 'cluster', 'postmaster.pid'), `${process.pid}\n/elsewhere\n`);
    await (await start()).stop();
  });

  it('listens on the loopback only, has no socket file, and refuses a wrong password', async () => {
    const server = await start();
    await inServer(server, async () => {
      const rows = await query(
        server.superuserUrl(),
        `SELECT name, setting FROM pg_settings
        WHERE name IN ('listen_addresses', 'unix_socket_directories', 'TimeZone') ORDER BY name COLLATE "C"`,
      );
      expect(rows).toEqual([
        { name: 'TimeZone', setting: 'UTC' },
        { name: 'listen_addresses', setting: '127.0.0.1' },
        { name: 'unix_socket_directories', setting: '' },
      ]);
      await expect(
        query(`postgresql://postgres:guess@127.0.0.1:${port}/postgres`, 'SELECT 1'),
      ).rejects.toThrow('password authentication failed');
    });
  });

  it('has an owner who migrates and an application that owns the job queue only', async () => {
    const server = await start();
    await inServer(server, async () => {
      const passwords = { owner: 'o', app: 'a' };
      await provisionDatabase(server, 'baton', passwords);
      const urls = await provisionDatabase(server, 'baton', passwords);
      await query(urls.migrationDatabaseUrl, 'CREATE TABLE ours (n int)');
      await expect(query(urls.databaseUrl, 'DROP TABLE ours')).rejects.toThrow('must be owner');
      await expect(query(urls.databaseUrl, 'CREATE TABLE public.mine (n int)')).rejects.toThrow(
        'permission denied',
      );
      const owned = await query(
        urls.databaseUrl,
        'SELECT nspname FROM pg_namespace WHERE nspowner = current_user::regrole',
      );
      expect(owned).toEqual([{ nspname: 'graphile_worker' }]);
    });
  });

  it('says in its error what the server wrote, when it cannot start', async () => {
    await (await start()).stop();
    writeFileSync(join(folder, 'cluster', 'postgresql.conf'), 'no_such_setting = 1\n');
    await expect(start()).rejects.toThrow('no_such_setting');
  });

  const asUser = process.getuid?.() === 0 ? it : it.skip;
  asUser.each([
    ['a normal user', 65_534],
    ['a user without a name', 12_345],
  ])('starts for %s too', (_name, uid) => {
    const home = join(folder, 'home');
    mkdirSync(home);
    chmodSync(folder, 0o755);
    chownSync(home, uid, uid);
    const script = join(home, 'start.mjs');
    const file = (path: string): string => pathToFileURL(join(projectRoot(), path)).href;
    writeFileSync(
      script,
      `import { startPostgres } from ${JSON.stringify(file('src/embedded/postgres.ts'))};
       const server = await startPostgres({ clusterDir: ${JSON.stringify(join(home, 'cluster'))}, port: ${port},
         password: 'p', logFile: ${JSON.stringify(join(home, 'log'))} });
       console.log('started as', process.getuid());
       await server.stop();`,
    );
    const result = spawnSync(process.execPath, ['--import', file('test/support/ts-register.mjs'), script], {
      uid,
      gid: uid,
      cwd: home,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: home },
    });
    expect(`${result.stdout}${result.stderr}`).toBe(`started as ${uid}\n`);
  });
});
