import { readFileSync, rmSync } from 'node:fs';
import { inRoot, runNode, tool, withoutNodeOptions } from './project.mjs';

/**
 * Runs Jest and reads its own counts.
 * @returns {Promise<{ code: number, passed: number, failed: number, skipped: number }>}
 */
export async function jest(args, env = {}) {
  const result = inRoot('.cache', `jest-result-${process.pid}.json`);
  const code = await runNode(
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      tool('jest', 'bin', 'jest.js'),
      ...['--json', '--outputFile', result],
      ...args,
    ],
    // `--json` writes the report to standard output too; what people read goes to standard error.
    { env: { ...withoutNodeOptions(), ...env }, quiet: true },
  );
  try {
    const report = JSON.parse(readFileSync(result, 'utf8'));
    const suites = report.testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
    );
    return {
      code,
      passed: report.numPassedTests,
      // A file that does not load, or whose hooks fail, has no failed test and is a failure all the same.
      failed: report.numFailedTests + suites.length,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return { code: code || 1, passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(result, { force: true });
  }
}

/** Prints the last line and sets the exit code from the counts. */
export function conclude({ code, passed, failed, skipped }) {
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed > 0 || code !== 0 ? 1 : 0;
}
