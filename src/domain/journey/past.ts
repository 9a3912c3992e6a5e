import type { Instant } from '../time.js';
import type { Journey } from './journey.js';

/** As much of a score as tells when the lead last did something. */
interface Activity {
  readonly lastEventAt: Instant | null;
}

/** From when the lead's inactivity counts: its newest event, else its capture; for an imported lead its resumption. */
export function lastActiveAt({ capturedAt, past }: Journey, { lastEventAt }: Activity): Instant {
  const active = lastEventAt ?? capturedAt;
  return past === null ? active : Math.max(active, past.activeFrom);
}

/** An imported lead that has done nothing since its journey went on here: its score tells of before only. */
export const restsOnPast = ({ past }: Journey, { lastEventAt }: Activity): boolean =>
  past?.resumedAt != null && (lastEventAt === null || lastEventAt <= past.resumedAt);

/** Whether what is known from before may not move the lead up. */
export const mayNotRise = (journey: Journey, score: Activity): boolean =>
  restsOnPast(journey, score) && journey.past?.offer === false;

/** Whether what is known from before may not move the lead down yet. */
export const mayNotFall = (journey: Journey, score: Activity, at: Instant): boolean =>
  restsOnPast(journey, score) && at < (journey.past?.graceUntil ?? 0);
