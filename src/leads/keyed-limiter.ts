/** Lets at most `limit` pieces of work run at once for one key; the others wait in order. */
export class KeyedLimiter {
  readonly #running = new Map<string, { active: number; readonly waiting: (() => void)[] }>();

  constructor(private readonly limit: number) {}

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const lane = this.#running.get(key) ?? { active: 0, waiting: [] };
    this.#running.set(key, lane);
    if (lane.active < this.limit) lane.active++;
    // Whoever ends hands its place on, so that nobody who comes later can take it.
    else await new Promise<void>((resolve) => lane.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      if (next !== undefined) next();
      else if (--lane.active === 0) this.#running.delete(key);
    }
  }
}
