import type { Instant } from '../domain/time.js';
import { type Job, PRIORITY } from '../outbox/jobs.js';

/** One stay of a lead in a track. */
export interface EnrolmentKey {
  readonly leadId: string;
  readonly track: string;
  /** The row with which the lead entered. */
  readonly seq: number;
}

/** The next step of a track. */
export const stepJob = (payload: EnrolmentKey, runAt: Instant): Job => ({
  name: 'track.step',
  payload,
  runAt,
  priority: PRIORITY.track,
});
