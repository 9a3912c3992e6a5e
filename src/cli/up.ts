import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { startProcesses } from '../embedded/baton-processes.js';
import { takeDataFolder } from '../embedded/data-folder.js';
import { requirePort } from '../embedded/ports.js';
import { stopLeftOvers } from '../embedded/process-record.js';
import { loadSecrets } from '../embedded/secrets.js';
import { startStack } from '../embedded/stack.js';

interface UpOptions {
  port: string;
  dataDir: string;
}

export function register(program: Command): void {
  program
    .command('up')
    .description('start PostgreSQL, Temporal, the API and the worker, and keep them running until Ctrl-C')
    .option('--port <number>', 'port of the API', process.env['PORT'] ?? '3000')
    .option('--data-dir <folder>', 'where all data lies', process.env['BATON_DATA_DIR'] ?? '.baton')
    .action(async (options: UpOptions) => {
      await up({ port: portFrom(options.port), dataDir: resolve(options.dataDir) });
    });
}

function portFrom(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Error('--port (or PORT) must be a whole number from 1 to 65535');
}

const say = (message: string): void => console.log(`  ${message}`);

async function up({ port, dataDir }: { port: number; dataDir: string }): Promise<void> {
  const stops: (() => Promise<void> | void)[] = [];
  const stopAll = stopOnSignal(stops);
  try {
    console.log(`Starting Baton, data in ${dataDir}`);
    stops.push(takeDataFolder(dataDir));
    for (const name of await stopLeftOvers(dataDir))
      say(`stopped a ${name} that an earlier run had left behind`);
    const host = process.env['BATON_HOST'] ?? '127.0.0.1';
    await requirePort(port, host, "Baton's API", '--port or PORT');

    const secrets = loadSecrets(dataDir);
    const onStarted = (stop: () => Promise<void>): void => void stops.push(stop);
    const stack = await startStack({ dataDir, secrets, say, onStarted, env: process.env });
    const urls = await startProcesses({ dataDir, secrets, stack, host, port, say, onStarted });

    console.log('\nBaton is running.');
    console.log(`  API          ${urls.api}`);
    console.log(`  API docs     ${urls.api}/docs`);
    if (stack.temporalUiUrl !== undefined) console.log(`  Temporal UI  ${stack.temporalUiUrl}`);
    console.log(`  Logs         ${join(dataDir, 'logs')}`);
    if (urls.adminKey !== null) {
      console.log(`\nAdmin API key, shown this once only: ${urls.adminKey}`);
    }
    console.log('\nCtrl-C stops everything.');
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** Stops what was started, last first, at the first signal; a second signal does not wait. */
function stopOnSignal(stops: (() => Promise<void> | void)[]): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stopAll = (): Promise<void> =>
    (stopping ??= (async () => {
      for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
    })());
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (stopping) process.exit(1);
      console.log('\nStopping …');
      void stopAll().then(() => {
        console.log('Stopped.');
        process.exit(0);
      });
    });
  }
  return stopAll;
}
