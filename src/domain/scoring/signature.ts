import type { ScoringPolicy } from '../policy/scoring.schema.js';
import type { ScoreParts } from './read.js';
import { MICRO } from './score.js';

/** The total is high enough for an early MQL. */
export const reachesMql = ({ total }: ScoreParts, { thresholds }: ScoringPolicy): boolean =>
  total >= thresholds.mql * MICRO;

/** The total is so low that an early MQL is demoted. */
export const belowMqlDemotion = ({ total }: ScoreParts, { thresholds }: ScoringPolicy): boolean =>
  total < thresholds.mqlDemotion * MICRO;

/** Total, fit and engagement are all high enough for an advanced MQL. */
export const reachesAdvanced = (
  { total, explicit, implicit }: ScoreParts,
  { thresholds }: ScoringPolicy,
): boolean =>
  total >= thresholds.advanced * MICRO &&
  explicit >= thresholds.minFit * MICRO &&
  implicit >= thresholds.minEngagement * MICRO;

/** The total is so low that an advanced MQL becomes an early one again. */
export const belowAdvancedDemotion = ({ total }: ScoreParts, { thresholds }: ScoringPolicy): boolean =>
  total < thresholds.advancedDemotion * MICRO;

/** Fit alone is enough for a hand-off; never when the policy has no such lane. */
export const reachesFitOnly = ({ explicit }: ScoreParts, { thresholds }: ScoringPolicy): boolean =>
  thresholds.fitOnly !== undefined && explicit >= thresholds.fitOnly * MICRO;

/** The total alone makes an SQL of an accepted lead; never when the policy says nothing of it. */
export const reachesSql = ({ total }: ScoreParts, { thresholds }: ScoringPolicy): boolean =>
  thresholds.sql !== undefined && total >= thresholds.sql * MICRO;

/** At least `mismatch.strong` on one part and at most `mismatch.weak` on the other. */
const strongButWeak = (one: number, other: number, { mismatch }: ScoringPolicy): boolean =>
  mismatch !== undefined && one >= mismatch.strong * MICRO && other <= mismatch.weak * MICRO;

const fitWithoutEngagement = ({ explicit, implicit }: ScoreParts, scoring: ScoringPolicy) =>
  strongButWeak(explicit, implicit, scoring);

const engagementWithoutFit = ({ explicit, implicit }: ScoreParts, scoring: ScoringPolicy) =>
  strongButWeak(implicit, explicit, scoring);

/** Strong fit with weak engagement, or the other way round; never when the policy names no mismatch. */
export const isMismatch = (parts: ScoreParts, scoring: ScoringPolicy): boolean =>
  fitWithoutEngagement(parts, scoring) || engagementWithoutFit(parts, scoring);

/**
 * Everything that a journey may ask about a score, in this order. The search for crossings relies on two
 * things: all but the last two can only turn one way as the parts grow, the last two as one part grows and the
 * other shrinks.
 */
const QUESTIONS = [
  reachesMql,
  belowMqlDemotion,
  reachesAdvanced,
  belowAdvancedDemotion,
  reachesFitOnly,
  reachesSql,
  fitWithoutEngagement,
  engagementWithoutFit,
] as const;

/** The answers as a short text such as `100100`: while it stays the same, no journey cares about the score. */
export const signature = (parts: ScoreParts, scoring: ScoringPolicy): string =>
  QUESTIONS.map((question) => (question(parts, scoring) ? '1' : '0')).join('');
