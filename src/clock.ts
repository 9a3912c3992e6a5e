import type { Instant } from './domain/time.js';

/** The one source of "now" for API, ingest and jobs; a workflow brings its own time. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  set(at: Instant): void;
  /** Moves the clock forward and returns the new instant. */
  advance(by: number): Instant;
}

export function createTestClock(start: Instant): TestClock {
  let at = start;
  return {
    now: () => at,
    set: (to) => {
      at = to;
    },
    advance: (by) => (at += by),
  };
}
