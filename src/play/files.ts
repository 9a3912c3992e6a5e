import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** @throws Error that says which files a data set needs */
export function requireFiles(folder: string, names: readonly string[], play: string): void {
  const missing = names.filter((name) => !existsSync(join(folder, name)));
  if (missing.length === 0) return;
  throw new Error(
    `There is no ${missing.join(' and no ')} in ${folder}. To play ${play} from a folder (--data), it must hold ` +
      `${names.join(' and ')}; without --data, made-up leads of the same shape are played.`,
  );
}
