import type { ScoringPolicy } from '../policy/scoring.schema.js';
import type { Instant } from '../time.js';
import { groupAt, type GroupReader, groupReaders, scaledBy } from './group-reader.js';
import { lookup } from './lookup.js';
import { mustHavesIn } from './must-haves.js';
import { MICRO, type ScoreReading, type ScoreState } from './score.js';

/** The numbers of a reading that thresholds look at, in micro-points. */
export type ScoreParts = Pick<ScoreReading, 'total' | 'explicit' | 'implicit'>;

/** A part that its groups add up to: within 0…100 points. */
export const partOf = (sum: number): number => Math.min(Math.max(sum, 0), 100 * MICRO);

/** The parts that these sums of group values make, the total rounded down. */
export function partsOf(explicitSum: number, implicitSum: number, scoring: ScoringPolicy): ScoreParts {
  const explicit = partOf(explicitSum);
  const implicit = partOf(implicitSum);
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
  const groups = groupValues(groupReaders(state, scoring), instant);
  const sumOf = (part: 'explicit' | 'implicit') =>
    Object.entries(groups).reduce(
      (sum, [name, value]) => sum + (lookup(scoring.groups, name)?.part === part ? value : 0),
      0,
    );
  return {
    version: state.version,
    ...partsOf(sumOf('explicit'), sumOf('implicit'), scoring),
    groups,
    ...mustHavesIn(state, scoring),
    lastEventAt: state.lastEventAt,
  };
}

/** What each group counts at an instant, in micro-points; groups that are scaled by fit as they are scaled. */
export function groupValues(readers: readonly GroupReader[], at: Instant): Record<string, number> {
  const values = readers.map((reader) => ({ reader, value: groupAt(reader, at) }));
  const fit = values.reduce((sum, { reader, value }) => sum + (reader.part === 'explicit' ? value : 0), 0);
  const explicit = partOf(fit);
  return Object.fromEntries(
    values.map(({ reader, value }) => [reader.name, reader.scaledByFit ? scaledBy(explicit, value) : value]),
  );
}
