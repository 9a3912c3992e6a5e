import { partsOf } from '../scoring/read.js';
import { MICRO } from '../scoring/score.js';
import type { ScoringPolicy } from './scoring.schema.js';

/**
 * The most points that parts and total can have under the rules, caps and weights. An event can come any number of
 * times, so one rule for events that gives points fills its group up to the cap; a field or criterion counts once.
 */
export function reachOf(scoring: ScoringPolicy): { total: number; explicit: number; implicit: number } {
  const { groups, events, sequences = [], intent = [] } = scoring;
  const most = (name: string, cap: number): number => {
    const fills = [...events, ...sequences, ...intent].some(
      ({ group, points }) => group === name && points > 0,
    );
    return fills ? cap * MICRO : Math.min(onceIn(scoring, name), cap * MICRO);
  };
  const inPart = (part: 'explicit' | 'implicit', scaled: boolean) =>
    Object.entries(groups)
      .filter(([, group]) => group.part === part && (group.scaledByFit === true) === scaled)
      .reduce((total, [name, { cap }]) => total + most(name, cap), 0);
  const fit = Math.min(inPart('explicit', false), 100 * MICRO);
  const behaviour = inPart('implicit', false) + Math.floor((inPart('implicit', true) * fit) / (100 * MICRO));
  const { total, explicit, implicit } = partsOf(fit, behaviour, scoring);
  return { total: total / MICRO, explicit: explicit / MICRO, implicit: implicit / MICRO };
}

/** What fields and criteria can give a group, in micro-points; of a criterion's answers the best. */
function onceIn({ fit, criteria = [] }: ScoringPolicy, name: string): number {
  const micro = (points: number) => Math.max(0, Math.round(points * MICRO));
  const fields = fit
    .filter(({ group }) => group === name)
    .reduce((sum, { points }) => sum + micro(points), 0);
  const answers = new Map<string, number>();
  for (const { group, criterion, answer = 'confirmed', points } of criteria) {
    const key = `${criterion} ${answer}`;
    if (group === name) answers.set(key, (answers.get(key) ?? 0) + micro(points));
  }
  const best = new Map<string, number>();
  for (const [key, sum] of answers) {
    const [criterion = ''] = key.split(' ');
    best.set(criterion, Math.max(best.get(criterion) ?? 0, sum));
  }
  return [...best.values()].reduce((sum, value) => sum + value, fields);
}
