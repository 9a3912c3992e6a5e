import { build, ensureInstalled, fail } from './lib/project.mjs';

try {
  await ensureInstalled();
  process.exitCode = (await build()) ? 0 : 1;
} catch (error) {
  fail(error);
}
