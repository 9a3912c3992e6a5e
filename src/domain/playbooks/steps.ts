import type { Track } from '../policy/playbooks.schema.js';
import { parseDuration, type Instant } from '../time.js';

type Step = Track['steps'][number];

/** The step whose turn it is after `done` steps, over all rounds; null when the track is through. */
export function stepAfter({ steps, rounds = 1 }: Track, done: number): Step | null {
  return done < steps.length * rounds ? (steps[done % steps.length] ?? null) : null;
}

/**
 * When the step after `done` steps is due, if the one before was carried out (or the lead entered) at `since`; null
 * when the track is through. So a step that comes late puts off those behind it: they never come all at once.
 */
export function nextStepAt(track: Track, done: number, since: Instant): Instant | null {
  const step = stepAfter(track, done);
  return step === null ? null : since + parseDuration(step.after);
}
