/** What is to happen later in a play, so that its end can call all of it off. */
export class Timers {
  readonly #waiting = new Set<NodeJS.Timeout>();
  #over = false;

  /** @returns what calls it off */
  after(ms: number, run: () => void): () => void {
    if (this.#over) return () => undefined;
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

  /** Nothing happens any more, and what is under way starts nothing new. */
  end(): void {
    this.#over = true;
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
  }
}
