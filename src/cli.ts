#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { register as adminKey } from './cli/admin-key.js';
import { register as docs } from './cli/docs.js';
import { register as feed } from './cli/feed.js';
import { register as bring } from './cli/import.js';
import { register as migrate } from './cli/migrate.js';
import { register as play } from './cli/play.js';
import { register as show } from './cli/show.js';
import { register as up } from './cli/up.js';
import { register as verify } from './cli/verify.js';
import { projectRoot } from './embedded/project-root.js';

/** One file per command in `cli/`, each with `register(program)`: add yours here. */
const commands: readonly ((program: Command) => void)[] = [
  up,
  migrate,
  adminKey,
  docs,
  feed,
  bring,
  verify,
  show,
  play,
];

const { version } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
  version: string;
};
const program = new Command('baton')
  .description('A durable orchestrator for the hand-off of leads from marketing to sales.')
  .version(version)
  .showHelpAfterError();
for (const register of commands) register(program);

try {
  await program.parseAsync();
} catch (error) {
  console.error(`baton: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
