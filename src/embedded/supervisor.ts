import { pause } from './process-identity.js';

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** Whoever ran this long had started well: the next failure begins with the short wait again. */
const STEADY_MS = 10_000;

/** Whatever runs and can end: a child process, or a server with one inside. */
export interface Running {
  readonly ended: Promise<{ code: number | null }>;
  stop(): Promise<void>;
}

export interface Supervised<T extends Running> {
  /** The one of the moment; another one after a restart. */
  readonly current: () => T;
  /** Stops the child and does not start it again. */
  stop(): Promise<void>;
}

/**
 * Starts a child and starts it again whenever it ends by itself, each time waiting longer.
 * A failure of the very first start is the caller's: it rejects.
 */
export async function supervise<T extends Running>(
  name: string,
  start: () => Promise<T>,
  say: (message: string) => void,
): Promise<Supervised<T>> {
  let stopping = false;
  let wakeUp: () => void = () => undefined;
  let current = await start();

  const watch = async (): Promise<void> => {
    let backoff = FIRST_BACKOFF_MS;
    let since = Date.now();
    for (;;) {
      const { code } = await current.ended;
      if (isStopped()) return;
      if (Date.now() - since > STEADY_MS) backoff = FIRST_BACKOFF_MS;
      say(`${name} ended (${describeExit(code)}); starting it again in ${backoff / 1000} s`);
      for (;;) {
        const stopAsked = new Promise<void>((resolve) => (wakeUp = resolve));
        await Promise.race([pause(backoff), stopAsked]);
        if (isStopped()) return;
        backoff = Math.min(backoff * 2, LONGEST_BACKOFF_MS);
        since = Date.now();
        try {
          current = await start();
          break;
        } catch (error) {
          say(`${name} did not start: ${error instanceof Error ? error.message : String(error)}`);
          say(`trying again in ${backoff / 1000} s`);
        }
      }
      if (isStopped()) return current.stop();
      say(`${name} runs again`);
    }
  };
  const isStopped = (): boolean => stopping;
  const watching = watch();

  return {
    current: () => current,
    async stop() {
      stopping = true;
      wakeUp();
      await current.stop();
      await watching;
    },
  };
}

/** The watchdog's shell reports a death by signal as 128 + its number. */
function describeExit(code: number | null): string {
  if (code === null) return 'killed';
  return code > 128 ? `killed by signal ${code - 128}` : `exit code ${code}`;
}
