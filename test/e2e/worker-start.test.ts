import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../src/embedded/ports.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { useTestDatabase } from '../support/postgres.js';
import { connectTestTemporal, type TestTemporal, uniqueTaskQueue } from '../support/temporal.js';
import { until } from '../workflows/shell.js';

const database = useTestDatabase();
let temporal: TestTemporal;
let child: ChildProcess | undefined;
let proxy: Server | undefined;
beforeAll(async () => {
  temporal = await connectTestTemporal();
}, 60_000);
afterEach(() => {
  child?.kill('SIGKILL');
  proxy?.close();
});
afterAll(() => temporal.close());

interface Started {
  readonly deployment: string;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

/** The worker's real process, from its sources. */
function startWorker(databaseUrl: string, preload: readonly string[] = []): Started {
  const deployment = uniqueTaskQueue('deployment');
  const file = (...path: string[]): string => join(projectRoot(), ...path);
  const imports = [file('test', 'support', 'ts-register.mjs'), ...preload.map((name) => file(name))];
  const started = spawn(
    process.execPath,
    [...imports.flatMap((path) => ['--import', path]), file('src', 'worker.ts')],
    {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: databaseUrl,
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: temporal.namespace,
        TEMPORAL_TASK_QUEUE: deployment,
        TEMPORAL_DEPLOYMENT: deployment,
        JOURNAL_KEY_ID: 'test',
        JOURNAL_MAC_KEY: Buffer.alloc(32, 7).toString('base64'),
      },
    },
  );
  child = started;
  let output = '';
  started.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  started.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exit = once(started, 'exit').then(([code]) => code as number | null);
  return { deployment, output: () => output, exit };
}

/** The build that gets the tasks of a deployment; null when none does. */
async function currentBuild(deploymentName: string): Promise<string | null> {
  const { client, namespace } = temporal;
  try {
    const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
      namespace,
      deploymentName,
    });
    return workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId ?? null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 5) return null;
    throw error;
  }
}

describe('the worker', () => {
  it('takes the routing over when it works', async () => {
    const { deployment, output, exit } = startWorker(database().databaseUrl);
    await until(() => output().includes('"working"'), 'it works', 60_000);
    expect(await currentBuild(deployment)).toBe('dev');
    child?.kill('SIGTERM');
    expect({ code: await exit, output: output() }).toMatchObject({ code: 0 });
  }, 90_000);

  it('leaves the routing to others when its build cannot start', async () => {
    const { deployment, output, exit } = startWorker(database().databaseUrl, [
      'test/e2e/support/broken-build.mjs',
    ]);
    expect(await exit).toBe(1);
    expect(output()).toContain('this build is broken');
    expect(await currentBuild(deployment)).toBeNull();
  }, 60_000);

  it('starts nothing when it was told to stop while it waited', async () => {
    const port = await freePort();
    const real = new URL(database().databaseUrl);
    const { deployment, output, exit } = startWorker(Object.assign(new URL(real), { port }).href);
    await until(() => output().includes('"again"'), 'it waits', 30_000);
    child?.kill('SIGTERM');
    await until(() => output().includes('stopping'), 'it was told', 5_000);
    proxy = createServer((socket) => {
      const onward = connect(Number(real.port), real.hostname);
      socket.on('error', () => onward.destroy()).pipe(onward);
      onward.on('error', () => socket.destroy()).pipe(socket);
    }).listen(port, '127.0.0.1');
    expect({ code: await exit, output: output() }).toMatchObject({ code: 0 });
    expect(output()).not.toContain('"working"');
    expect(await currentBuild(deployment)).toBeNull();
  }, 60_000);
});
