import type { ScoringPolicy } from '../policy/scoring.schema.js';
import type { Instant } from '../time.js';
import { groupAt, groupReaders } from './group-reader.js';
import { MICRO, type ScoreReading, type ScoreState } from './score.js';

/** The numbers of a reading that thresholds look at, in micro-points. */
export type ScoreParts = Pick<ScoreReading, 'total' | 'explicit' | 'implicit'>;

/** The parts that these sums of group values make: each within 0…100 points, the total rounded down. */
export function partsOf(explicitSum: number, implicitSum: number, scoring: ScoringPolicy): ScoreParts {
  const explicit = Math.min(Math.max(explicitSum, 0), 100 * MICRO);
  const implicit = Math.min(Math.max(implicitSum, 0), 100 * MICRO);
  const weighted = explicit * scoring.weights.explicit + implicit * scoring.weights.implicit;
  return { explicit, implicit, total: Math.floor(weighted / 100) };
}

/** Age is never negative: a score is never read before the lead's newest event. */
export const readableAt = (state: ScoreState, at: Instant): Instant => Math.max(at, state.lastEventAt ?? at);

/**
 * The score at an instant: every group decayed to it, rounded once to micro-points and capped; parts; total.
 *
 * A reading before `lastEventAt` (clocks of two processes differ) is the one at `lastEventAt`. It tells what
 * was known only when no entry folded in was recorded after `at`: for the past, fold the entries known then.
 */
export function readScore(state: ScoreState, at: Instant, scoring: ScoringPolicy): ScoreReading {
  const instant = readableAt(state, at);
  const readers = groupReaders(state, scoring);
  const groups = Object.fromEntries(readers.map((reader) => [reader.name, groupAt(reader, instant)]));
  const sumOf = (part: 'explicit' | 'implicit') =>
    readers.reduce((sum, { name, part: own }) => sum + (own === part ? (groups[name] ?? 0) : 0), 0);
  return {
    version: state.version,
    ...partsOf(sumOf('explicit'), sumOf('implicit'), scoring),
    groups,
    lastEventAt: state.lastEventAt,
  };
}
