/** `npm run bench`: measures, with the files under `test/bench`, one after another. */
import { conclude, jest } from './lib/jest.mjs';
import { ensureBuilt, ensureInstalled, fail } from './lib/project.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
  conclude(await jest(['--runInBand', 'test/bench/', ...process.argv.slice(2)], { BATON_BENCH: 'yes' }));
} catch (error) {
  fail(error);
}
