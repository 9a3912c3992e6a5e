import type { ScoringPolicy } from '../policy/scoring.schema.js';
import { floorToMinute, type Instant, MINUTE } from '../time.js';
import { groupAt, type GroupReader, groupReaders, scaledBy } from './group-reader.js';
import { zeroFrom } from './half-life.js';
import { type PartBounds, type Sample, partBounds, scaledBounds } from './part-bounds.js';
import { partOf, partsOf, readableAt } from './read.js';
import type { ScoreState } from './score.js';
import { signature } from './signature.js';

/**
 * How many instants one search may look at. Only groups that cancel each other to the micro-point for weeks,
 * right on a threshold, need more; then the answer is a minute before the crossing: a look that changes nothing.
 */
const MOST_SAMPLES = 5_000;

/**
 * The first whole minute after `at` at which the score's {@link signature} differs from that at `at`, if no
 * entry comes: up (negative groups fade) or down. Null: it never will.
 */
export function nextCrossing(state: ScoreState, at: Instant, scoring: ScoringPolicy): Instant | null {
  const readers = groupReaders(state, scoring);
  const horizon = Math.max(...readers.map(fadedFrom));
  const from = readableAt(state, at);
  if (horizon <= from) return null;
  const first = floorToMinute(from) + MINUTE;
  const last = Math.max(first, floorToMinute(horizon) + MINUTE);
  const search = new CrossingSearch(readers, scoring, from);
  const start = search.sample(first);
  if (search.differsAt(start)) return first;
  return search.firstBetween(start, search.sample(last));
}

/** From when on the group reads the same for ever. */
const fadedFrom = ({ sum, halfLife }: GroupReader): Instant =>
  halfLife === null || sum.mantissa === 0n ? -Infinity : zeroFrom(sum, halfLife);

/** Branch and bound over whole minutes, the earlier half first. */
class CrossingSearch {
  private readonly explicit: readonly GroupReader[];
  private readonly implicit: readonly GroupReader[];
  private readonly scaled: readonly GroupReader[];
  private readonly wanted: string;
  private samples = 0;

  constructor(
    readers: readonly GroupReader[],
    private readonly scoring: ScoringPolicy,
    from: Instant,
  ) {
    this.explicit = readers.filter(({ part }) => part === 'explicit');
    this.implicit = readers.filter(({ part, scaledByFit }) => part === 'implicit' && !scaledByFit);
    this.scaled = readers.filter(({ scaledByFit }) => scaledByFit);
    this.wanted = this.signatureOf(this.sample(from));
  }

  sample(at: Instant): Sample {
    this.samples += 1;
    const values = (readers: readonly GroupReader[]) => readers.map((reader) => groupAt(reader, at));
    return {
      at,
      explicit: values(this.explicit),
      implicit: values(this.implicit),
      scaled: values(this.scaled),
    };
  }

  differsAt(sample: Sample): boolean {
    return this.signatureOf(sample) !== this.wanted;
  }

  /** The first minute in (early, late] whose signature differs; at `early` it does not. */
  firstBetween(early: Sample, late: Sample): Instant | null {
    if (this.neverDiffersBetween(early, late)) return null;
    if (late.at - early.at <= MINUTE) return this.differsAt(late) ? late.at : null;
    if (this.samples >= MOST_SAMPLES) return early.at + MINUTE;
    const middle = this.sample(floorToMinute((early.at + late.at) / 2));
    return this.firstBetween(early, middle) ?? this.firstBetween(middle, late);
  }

  /** Whether all four corners of what the parts can be in between give the wanted signature: then all of it does. */
  private neverDiffersBetween(early: Sample, late: Sample): boolean {
    const explicit = partBounds(this.explicit, early.explicit, late.explicit);
    const plain = partBounds(this.implicit, early.implicit, late.implicit);
    const fit = { low: partOf(explicit.low), high: partOf(explicit.high) };
    const scaled = scaledBounds(early.scaled, late.scaled, fit);
    const implicit = { low: plain.low + scaled.low, high: plain.high + scaled.high };
    const sides = ['low', 'high'] as const satisfies readonly (keyof PartBounds)[];
    return sides.every((e) =>
      sides.every(
        (i) => signature(partsOf(explicit[e], implicit[i], this.scoring), this.scoring) === this.wanted,
      ),
    );
  }

  private signatureOf({ explicit, implicit, scaled }: Sample): string {
    const fit = partOf(total(explicit));
    const behaviour = total(implicit) + total(scaled.map((value) => scaledBy(fit, value)));
    return signature(partsOf(total(explicit), behaviour, this.scoring), this.scoring);
  }
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
