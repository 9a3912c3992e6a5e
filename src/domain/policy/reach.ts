import { partsOf } from '../scoring/read.js';
import { MICRO } from '../scoring/score.js';
import type { ScoringPolicy } from './scoring.schema.js';

/**
 * The most points that parts and total can have under the rules, caps and weights. An event can come any
 * number of times, so one rule that gives points fills its group up to the cap.
 */
export function reachOf(scoring: ScoringPolicy): { total: number; explicit: number; implicit: number } {
  const { groups, fit, events } = scoring;
  const most = (name: string, cap: number): number => {
    if (events.some(({ group, points }) => group === name && points > 0)) return cap * MICRO;
    const gains = fit.filter(({ group, points }) => group === name && points > 0);
    const sum = gains.reduce((total, { points }) => total + Math.round(points * MICRO), 0);
    return Math.min(sum, cap * MICRO);
  };
  const partMost = (wanted: 'explicit' | 'implicit') =>
    Object.entries(groups)
      .filter(([, { part }]) => part === wanted)
      .reduce((total, [name, { cap }]) => total + most(name, cap), 0);
  const { total, explicit, implicit } = partsOf(partMost('explicit'), partMost('implicit'), scoring);
  return { total: total / MICRO, explicit: explicit / MICRO, implicit: implicit / MICRO };
}
