/** `npm run proof`: the promises and properties at the full size an issue asks for; takes as long as it takes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { conclude, jest } from './lib/jest.mjs';
import { ensureBuilt, ensureInstalled, fail, inRoot } from './lib/project.mjs';

/** Test files that come in two sizes: those under `test/proof`, and those that ask for their size. */
function sizedTests() {
  return readdirSync(inRoot('test'), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .filter(
      (name) =>
        /^proof[\\/]/.test(name) || readFileSync(inRoot('test', name), 'utf8').includes('support/size.js'),
    )
    .map((name) => join('test', name));
}

try {
  await ensureInstalled();
  await ensureBuilt();
  const args = process.argv.slice(2);
  conclude(
    await jest(['--runInBand', '--runTestsByPath', ...(args.length > 0 ? args : sizedTests())], {
      BATON_PROOF: 'full',
    }),
  );
} catch (error) {
  fail(error);
}
