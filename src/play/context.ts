import { createHash } from 'node:crypto';
import type { BatonApi } from '../feed/baton-api.js';
import type { Milliseconds } from '../domain/time.js';
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
  /** The same for what somebody waits for. */
  readonly awaited: <T>(request: () => Promise<T>) => Promise<T>;
  /** How long those who wait for an answer have waited lately, on average; 0 when nobody has. */
  readonly waiting: () => Milliseconds;
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
  const waits = new RecentWaits();
  return {
    api,
    log: new PlayLog(logFile),
    timers: new Timers(),
    run: (work) => void work().catch((error: unknown) => failures.push(error)),
    lane: (request) => limiter.run('', request),
    awaited: (request) => waits.measure(() => limiter.run('', request)),
    waiting: () => waits.average(),
    key: (lead, step) => {
      const text = [play, seed, lead, step].join('\u0000');
      return `play-${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;
    },
    throwIfFailed: () => {
      if (failures.length > 0) throw failures[0];
    },
  };
}

const RECENT_MS = 5_000;

/** How long requests took that ended lately, or have taken so far. */
class RecentWaits {
  readonly #open = new Set<{ readonly since: number }>();
  #ended: { readonly at: number; readonly took: Milliseconds }[] = [];

  async measure<T>(request: () => Promise<T>): Promise<T> {
    const entry = { since: Date.now() };
    this.#open.add(entry);
    try {
      return await request();
    } finally {
      this.#open.delete(entry);
      const at = Date.now();
      this.#ended.push({ at, took: at - entry.since });
    }
  }

  average(): Milliseconds {
    const now = Date.now();
    this.#ended = this.#ended.filter(({ at }) => now - at < RECENT_MS);
    const all = [...this.#ended.map(({ took }) => took), ...[...this.#open].map(({ since }) => now - since)];
    return all.length === 0 ? 0 : all.reduce((sum, took) => sum + took, 0) / all.length;
  }
}
