import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isAlive, signal, waitUntilGone } from '../../src/embedded/process-identity.js';
import { leftOvers, remember, stopLeftOvers } from '../../src/embedded/process-record.js';
import { startChild } from '../../src/embedded/processes.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { supervise } from '../../src/embedded/supervisor.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton processes '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sleeper = (name = 'sleeper') =>
  startChild({ name, command: 'sleep', args: ['300'], recordIn: folder, graceSeconds: 2 });

describe('a child process', () => {
  it('is on record while it runs and off it when stopped', async () => {
    const child = await sleeper();
    expect(leftOvers(folder).map(({ name, pid }) => ({ name, pid }))).toContainEqual({
      name: 'sleeper',
      pid: child.pid,
    });
    await child.stop();
    expect(isAlive(child.pid)).toBe(false);
    expect(leftOvers(folder)).toEqual([]);
  });

  it('is killed when it ignores the signal to stop', async () => {
    const child = await startChild({
      name: 'stubborn',
      command: '/bin/sh',
      args: ['-c', 'trap "" TERM; while :; do sleep 0.1; done'],
      graceSeconds: 1,
    });
    await child.stop();
    expect(isAlive(child.pid)).toBe(false);
  });

  it('ends when its parent is killed with -9', async () => {
    const script = join(folder, 'parent.mjs');
    const register = pathToFileURL(join(projectRoot(), 'test/support/ts-register.mjs')).href;
    const processes = pathToFileURL(join(projectRoot(), 'src/embedded/processes.ts')).href;
    writeFileSync(
      script,
      `import { startChild } from ${JSON.stringify(processes)};
       const child = await startChild({ name: 'orphan', command: 'sleep', args: ['300'] });
       console.log(child.pid);`,
    );
    const parent = spawn(process.execPath, ['--import', register, script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const child = await new Promise<number>((resolve) =>
      parent.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))),
    );
    expect(isAlive(child)).toBe(true);
    parent.kill('SIGKILL');
    expect(await waitUntilGone([child], 10_000)).toBe(true);
  });

  it('that was left behind is ended by the next start', async () => {
    const child = await sleeper();
    expect(await stopLeftOvers(folder)).toEqual(['sleeper']);
    expect(isAlive(child.pid)).toBe(false);
  });

  it('of a stranger who got a recorded number is left alone', async () => {
    const child = await startChild({ name: 'stranger', command: 'sleep', args: ['300'] });
    remember(folder, 'stranger', [child.pid]);
    const file = join(folder, 'processes.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/("identity": ")[^"]*/, '$1another boot:1'));
    expect(await stopLeftOvers(folder)).toEqual([]);
    expect(child.running()).toBe(true);
    await child.stop();
  });
});

describe('a supervised child', () => {
  it('is started again when it dies, which is said, and not after it was stopped', async () => {
    const said: string[] = [];
    const restarted = new Promise<void>((resolve) => {
      void supervise(
        'the sleeper',
        () => sleeper(),
        (message) => {
          said.push(message);
          if (message.endsWith('runs again')) resolve();
        },
      ).then((result) => {
        supervised = result;
        signal(result.current().pid, 'SIGKILL');
      });
    });
    let supervised: Awaited<ReturnType<typeof supervise<Awaited<ReturnType<typeof sleeper>>>>> | undefined;
    await restarted;
    const second = supervised?.current().pid ?? 0;
    expect(said).toEqual([
      'the sleeper ended (killed by signal 9); starting it again in 0.5 s',
      'the sleeper runs again',
    ]);
    expect(isAlive(second)).toBe(true);
    await supervised?.stop();
    expect(isAlive(second)).toBe(false);
  });
});
