/**
 * `npm test [-- jest arguments]`: installs what is missing, then format, lint, types, build and all tests.
 * With arguments: the tests they select, and nothing else.
 */
import { build, ensureInstalled, fail, runNode, tool } from './lib/project.mjs';
import { conclude, jest } from './lib/jest.mjs';

const checks = [
  [
    'format',
    () =>
      runNode([
        tool('prettier', 'bin', 'prettier.cjs'),
        ...['--check', '--cache', '--cache-location', '.cache/prettier', '--log-level', 'warn', '.'],
      ]),
  ],
  [
    'lint',
    () =>
      runNode([
        tool('eslint', 'bin', 'eslint.js'),
        ...['--cache', '--cache-location', '.cache/eslint/', '--max-warnings', '0', '.'],
      ]),
  ],
  [
    'types',
    () =>
      runNode([
        tool('typescript', 'bin', 'tsc'),
        ...['--noEmit', '--incremental', '--tsBuildInfoFile', '.cache/typecheck.tsbuildinfo'],
      ]),
  ],
  ['build', async () => ((await build()) ? 0 : 1)],
];

async function runChecks() {
  let failed = 0;
  for (const [name, check] of checks) {
    const started = Date.now();
    const ok = (await check()) === 0;
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    if (!ok) failed += 1;
  }
  return failed;
}

try {
  await ensureInstalled();
  const args = process.argv.slice(2);
  const failedChecks = args.length > 0 ? 0 : await runChecks();
  const tests = await jest(args);
  conclude({ ...tests, failed: tests.failed + failedChecks });
} catch (error) {
  fail(error);
}
