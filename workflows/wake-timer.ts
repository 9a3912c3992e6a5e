import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { Instant } from '../src/domain/time.js';

/** A wake-up already past that `apply` left alone is asked about again after this, not at once. */
const SHORTEST_REPEAT = 1_000;

/** The one timer of a workflow: for the nearest instant at which there is something to do. */
export class WakeTimer {
  #armed: { readonly at: Instant; readonly scope: CancellationScope } | null = null;

  constructor(private readonly onWake: (wakeFor: string) => void) {}

  /**
   * Sets the timer for an absolute instant; null cancels it. Does nothing when it is set for that already.
   * @param looked workflow time at which `apply` last looked
   */
  set(at: Instant | null, wakeFor: string | null, looked: Instant): void {
    if (this.#armed?.at === at || (this.#armed === null && at === null)) return;
    this.#armed?.scope.cancel();
    this.#armed = null;
    if (at === null) return;
    const scope = new CancellationScope();
    const armed = { at, scope };
    this.#armed = armed;
    const delay = at <= looked ? SHORTEST_REPEAT : Math.max(1, at - Date.now());
    const name = wakeFor ?? 'wake-up';
    scope
      .run(() => sleep(delay, { summary: `${name} until ${new Date(at).toISOString()}` }))
      .then(
        () => {
          if (this.#armed === armed) this.#armed = null;
          this.onWake(name);
        },
        (error: unknown) => {
          if (!isCancellation(error)) throw error;
        },
      );
  }
}
