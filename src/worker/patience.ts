import type { Log } from '../log.js';

const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5_000;

/** Tries until it works, saying what it waits for; the error of the last try when told to stop. */
export async function untilReady<T>(
  what: string,
  log: Log,
  stopping: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    try {
      return await attempt();
    } catch (error) {
      if (stopping.aborted) throw error;
      const detail = error instanceof Error ? error.message : String(error);
      log.warn(`waiting for ${what}`, { again: `${pause} ms`, detail });
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
