/** `npm run baton -- …`, and `npm start` for `up`: installs and builds what is missing, then runs the command. */
import { ensureBuilt, ensureInstalled, fail, inRoot } from './lib/project.mjs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Baton needs Node 20.19 or newer; this is ${process.versions.node}.`);
}

try {
  await ensureInstalled();
  await ensureBuilt();
} catch (error) {
  fail(error);
}
// In this process, not in a child: then Ctrl-C, signals and exit codes reach one place only.
process.argv = [process.execPath, inRoot('dist', 'src', 'cli.js'), ...process.argv.slice(2)];
await import('../dist/src/cli.js');
