import type { ProfilingPolicy } from '../policy/profiling.schema.js';
import type { ScoringPolicy } from '../policy/scoring.schema.js';
import { holds } from '../scoring/condition.js';
import { lookup } from '../scoring/lookup.js';
import { mustHaveState } from '../scoring/must-haves.js';
import { MICRO } from '../scoring/score.js';

/** One thing to ask a lead for now. */
export interface NextQuestion {
  readonly field: string;
  readonly question: string;
  readonly why: string;
  readonly sensitivity: number;
  /** Whether a must-have looks at the field. */
  readonly mustHave: boolean;
}

export interface AskedLead {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Implicit part of its score, in micro-points. */
  readonly engagement: number;
  /** What it wants to have; null: nothing in particular. */
  readonly asset: string | null;
}

/**
 * Which fields to ask for next: unknown ones only, for this asset and this engagement. First those of must-haves that
 * are unknown, then from the least sensitive on, then in the policy's order; no more than the policy asks at once,
 * possibly none.
 */
export function nextQuestions(
  {
    profiling,
    scoring,
  }: { readonly profiling?: ProfilingPolicy | undefined; readonly scoring: ScoringPolicy },
  { fields, engagement, asset }: AskedLead,
): readonly NextQuestion[] {
  if (profiling === undefined) return [];
  const wanted = new Set(
    (scoring.mustHaves ?? [])
      .filter((one) => mustHaveState(one, fields) === 'unknown')
      .map(({ field }) => field),
  );
  return profiling.questions
    .filter(
      ({ field, assets, fromEngagement = 0 }) =>
        !holds({ present: true }, lookup(fields, field)) &&
        (assets === undefined || (asset !== null && assets.includes(asset))) &&
        engagement >= fromEngagement * MICRO,
    )
    .map(({ field, question, why, sensitivity }) => ({
      ...{ field, question, why, sensitivity },
      mustHave: wanted.has(field),
    }))
    .sort((a, b) => Number(b.mustHave) - Number(a.mustHave) || a.sensitivity - b.sensitivity)
    .slice(0, profiling.mostAtOnce);
}
