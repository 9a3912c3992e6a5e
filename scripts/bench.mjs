/** `npm run bench [-- parts …] [--quick]`: measures against floors of the same run; docs/benchmark.md says how. */
import { ensureBuilt, ensureInstalled, fail } from './lib/project.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
  // In this process, not in a child: then Ctrl-C and exit codes reach one place only.
  await import('../test/support/ts-register.mjs');
  const { main } = await import('../test/bench/main.ts');
  await main(process.argv.slice(2));
  process.exit();
} catch (error) {
  fail(error);
}
