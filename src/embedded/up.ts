import { join } from 'node:path';
import { startProcesses } from './baton-processes.js';
import { takeDataFolder } from './data-folder.js';
import { requirePort } from './ports.js';
import { stopLeftOvers } from './process-record.js';
import { loadSecrets } from './secrets.js';
import { startStack } from './stack.js';

export interface UpOptions {
  port: number;
  dataDir: string;
  /** Shows one line to the person who waits. */
  print: (line: string) => void;
}

/** Starts everything and returns when it runs; a signal stops everything and ends the process. */
export async function up({ port, dataDir, print }: UpOptions): Promise<void> {
  const say = (message: string): void => print(`  ${message}`);
  const stops: (() => Promise<void> | void)[] = [];
  const stopAll = stopOnSignal(stops, print);
  try {
    print(`Starting Baton, data in ${dataDir}`);
    stops.push(takeDataFolder(dataDir));
    for (const name of await stopLeftOvers(dataDir))
      say(`stopped a ${name} that an earlier run had left behind`);
    const host = process.env['BATON_HOST'] ?? '127.0.0.1';
    await requirePort(port, host, "Baton's API", '--port or PORT');

    const secrets = loadSecrets(dataDir);
    const onStarted = (stop: () => Promise<void>): void => void stops.push(stop);
    const stack = await startStack({ dataDir, secrets, say, onStarted, env: process.env });
    const urls = await startProcesses({ dataDir, secrets, stack, host, port, say, onStarted });

    print('\nBaton is running.');
    print(`  API          ${urls.api}`);
    print(`  API docs     ${urls.api}/docs`);
    if (stack.temporalUiUrl !== undefined) print(`  Temporal UI  ${stack.temporalUiUrl}`);
    print(`  Logs         ${join(dataDir, 'logs')}`);
    if (urls.adminKey !== null) {
      print(`\nAdmin API key, shown this once only: ${urls.adminKey}`);
    }
    print('\nCtrl-C stops everything.');
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** Stops what was started, last first, at the first signal; a second signal does not wait. */
function stopOnSignal(
  stops: (() => Promise<void> | void)[],
  print: (line: string) => void,
): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stopAll = (): Promise<void> =>
    (stopping ??= (async () => {
      for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
    })());
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (stopping) process.exit(1);
      print('\nStopping …');
      void stopAll().then(() => {
        print('Stopped.');
        process.exit(0);
      });
    });
  }
  return stopAll;
}
