/** What is to happen later in a play, so that its end can call all of it off. */
export class Timers {
  readonly #waiting = new Set<NodeJS.Timeout>();

  /** @returns what calls it off */
  after(ms: number, run: () => void): () => void {
    const timer = setTimeout(
      () => {
        this.#waiting.delete(timer);
        run();
      },
      Math.max(0, ms),
    );
    this.#waiting.add(timer);
    return () => {
      clearTimeout(timer);
      this.#waiting.delete(timer);
    };
  }

  clear(): void {
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
  }
}
