import { resolve } from 'node:path';
import type { Command } from 'commander';

export function register(program: Command): void {
  program
    .command('up')
    .description('start PostgreSQL, Temporal, the API and the worker, and keep them running until Ctrl-C')
    .option('--port <number>', 'port of the API (PORT)', process.env['PORT'] ?? '3000')
    .option(
      '--data-dir <folder>',
      'where all data lies (BATON_DATA_DIR)',
      process.env['BATON_DATA_DIR'] ?? '.baton',
    )
    .action(async (options: { port: string; dataDir: string }) => {
      // Loaded here, so that `baton --help` does not wait for the database and Temporal libraries.
      const { up } = await import('../embedded/up.js');
      await up({
        port: portFrom(options.port),
        dataDir: resolve(options.dataDir),
        print: (line) => console.log(line),
      });
    });
}

function portFrom(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Error('--port (or PORT) must be a whole number from 1 to 65535');
}
