import { createHash } from 'node:crypto';
import type { BatonApi } from '../feed/baton-api.js';
import { KeyedLimiter } from '../leads/keyed-limiter.js';
import { PlayLog } from './play-log.js';
import { Timers } from './timers.js';

/** What all parts of one play share. */
export interface PlayContext {
  readonly api: BatonApi;
  readonly log: PlayLog;
  readonly timers: Timers;
  /** Starts work that nobody waits for; the first failure ends the play. */
  readonly run: (work: () => Promise<void>) => void;
  /** Waits for one of the lanes in which requests are made. */
  readonly lane: <T>(request: () => Promise<T>) => Promise<T>;
  /** Requests that are under way or wait for a lane. */
  readonly backlog: () => number;
  /** The Idempotency-Key of a step: the same in every run of the same play. */
  readonly key: (lead: string, step: string) => string;
  /** @throws the first failure */
  readonly throwIfFailed: () => void;
}

export function createContext(options: {
  readonly api: BatonApi;
  readonly play: string;
  readonly seed: number;
  readonly lanes: number;
  readonly logFile: string | null;
}): PlayContext {
  const { api, play, seed, lanes, logFile } = options;
  const failures: unknown[] = [];
  const limiter = new KeyedLimiter(lanes);
  let backlog = 0;
  return {
    api,
    log: new PlayLog(logFile),
    timers: new Timers(),
    run: (work) => void work().catch((error: unknown) => failures.push(error)),
    async lane(request) {
      backlog += 1;
      try {
        return await limiter.run('', request);
      } finally {
        backlog -= 1;
      }
    },
    backlog: () => backlog,
    key: (lead, step) => {
      const text = [play, seed, lead, step].join('\u0000');
      return `play-${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;
    },
    throwIfFailed: () => {
      if (failures.length > 0) throw failures[0];
    },
  };
}
