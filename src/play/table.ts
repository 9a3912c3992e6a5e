import { STAGES } from '../domain/journey/journey.js';
import type { Milliseconds } from '../domain/time.js';
import type { Invariant } from './invariants.js';
import { COUNTED, percentile, type Tally } from './tally.js';

const NAME_WIDTH = 22;
const WIDTH = 9;

/** What a play ends with, for people: what happened, how fast, and what held. */
export function playTable(tally: Tally, invariants: readonly Invariant[], speed: number): string {
  return [
    ...stageLines(tally),
    '',
    ...COUNTED.map((name) => line(name.startsWith('of them') ? `  ${name}` : name, tally.counts[name])),
    '',
    ...regressionLines(tally),
    '',
    ...timeLines(tally, speed),
    '',
    ...invariants.flatMap(invariantLines),
  ].join('\n');
}

const line = (name: string, ...cells: readonly (string | number)[]): string =>
  name.padEnd(NAME_WIDTH) + cells.map((cell) => String(cell).padStart(WIDTH)).join('');

function stageLines({ now, reached }: Tally): readonly string[] {
  const stages = STAGES.filter((stage) => (now[stage] ?? 0) + (reached[stage] ?? 0) > 0);
  const total = Object.values(now).reduce((sum, count) => sum + count, 0);
  return [
    line('leads by stage', 'now', 'ever'),
    ...stages.map((stage) => line(stage, now[stage] ?? 0, reached[stage] ?? 0)),
    line('all', total),
  ];
}

function regressionLines({ regressions }: Tally): readonly string[] {
  const total = Object.values(regressions).reduce((sum, count) => sum + count, 0);
  return [
    line('regressions', total),
    ...Object.entries(regressions).map(([step, count]) => line(`  ${step}`.padEnd(NAME_WIDTH + 8), count)),
  ];
}

function timeLines({ acceptedIn, respondedIn }: Tally, speed: number): readonly string[] {
  const fast = speed === 1 ? [] : [`× ${speed}`];
  const cells = (sorted: readonly Milliseconds[]): readonly string[] =>
    [50, 90].flatMap((percent) => {
      const length = percentile(sorted, percent);
      if (length === null) return ['–', ...fast.map(() => '–')];
      return [inWords(length), ...fast.map(() => inWords(length * speed))];
    });
  return [
    line('response times', ...['p50', 'p90'].flatMap((name) => [name, ...fast])),
    line('offer → acceptance', ...cells(acceptedIn)),
    line('hand-off → response', ...cells(respondedIn)),
  ];
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

function inWords(length: Milliseconds): string {
  const [unit, size] = UNITS.find(([, one]) => length >= 2 * one) ?? ['s', 1000];
  return `${(length / size).toFixed(1)} ${unit}`;
}

const SHOWN = 5;

function invariantLines({ says, checked, violations, skipped }: Invariant): readonly string[] {
  if (skipped !== null) return [`–          ${says}: not compared, ${skipped}`];
  if (violations.length === 0) return [`ok         ${says} (${checked})`];
  const more = violations.length - SHOWN;
  return [
    `VIOLATED   ${says}: ${violations.length} times`,
    ...violations.slice(0, SHOWN).map((violation) => `           ${violation}`),
    ...(more > 0 ? [`           … and ${more} more`] : []),
  ];
}

/** Whether nothing is violated. */
export const allHold = (invariants: readonly Invariant[]): boolean =>
  invariants.every(({ violations }) => violations.length === 0);
