import { unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Set by tests only; in any other use nothing ever stops. */
const folder = process.env['BATON_STOP_POINTS'] ?? '';

/**
 * An instant at which a test may want this process to die as if the power had gone. It does, once, when the folder
 * of stop points holds a file of that name.
 */
export function stopPoint(instant: string): void {
  if (folder === '') return;
  try {
    unlinkSync(join(folder, instant));
  } catch {
    return;
  }
  process.kill(process.pid, 'SIGKILL');
}
