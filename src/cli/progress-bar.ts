import { Presets, SingleBar } from 'cli-progress';

/** A bar where a person looks, nothing where a file is written. */
export interface ProgressBar {
  /** The bar goes away when all is done. */
  update(done: number, total: number): void;
  /** A line that stays, above the bar. */
  print(line: string): void;
  stop(): void;
}

export function progressBar(unit: string): ProgressBar {
  if (!process.stderr.isTTY) {
    return { update: () => undefined, print: (line) => console.log(line), stop: () => undefined };
  }
  const bar = new SingleBar(
    {
      format: `{bar} {percentage} % | {value}/{total} ${unit} | {eta_formatted} left`,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  let running = false;
  let last: readonly [number, number] = [0, 0];
  const stop = (): void => {
    if (running) bar.stop();
    running = false;
  };
  const update = (done: number, total: number): void => {
    last = [done, total];
    if (total === 0) return;
    if (!running) bar.start(total, done);
    else bar.update(done);
    running = true;
    if (done >= total) stop();
  };
  return {
    update,
    stop,
    print(line) {
      const wasRunning = running;
      stop();
      console.log(line);
      if (wasRunning) update(...last);
    },
  };
}
