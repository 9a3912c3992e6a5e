import { describe, expect, it } from '@jest/globals';
import { choose } from '../../../src/domain/journey/decide.js';
import { Draft } from '../../../src/domain/journey/draft.js';
import { hasEnded } from '../../../src/domain/journey/journey.js';
import { SITUATIONS } from '../../../src/domain/journey/situation.js';
import { COLUMNS, STAGE_TABLE, tableFaults } from '../../../src/domain/journey/stage-table.js';
import type { Alternative, Cell } from '../../../src/domain/journey/table/cell.js';
import { runIn, type Run } from './run.js';
import type { Variation } from './variation.js';
import { VARIATIONS } from './variations.js';

describe('the stage table', () => {
  it('is sound: every cell has a last word, every situation a way in and a way out', () => {
    expect(tableFaults()).toEqual([]);
  });

  it('says so when a situation loses its way in', () => {
    const refused: Cell = [{ refuse: 'not_open' }];
    const broken = { ...STAGE_TABLE, new: { ...STAGE_TABLE.new, captured: refused } };
    expect(tableFaults(broken)).toContain('new: nothing leads out of here');
  });

  for (const situation of SITUATIONS) {
    describe(`a lead in ${situation}`, () => {
      it.each(COLUMNS)('answers %s as its cell says, by every alternative', (column) => {
        const cell = STAGE_TABLE[situation][column];
        const seen = new Map<Alternative, Set<string>>();
        const report = new Map<string, string[]>();
        for (const variation of VARIATIONS[column]) {
          const run = runIn(situation);
          variation.prepare?.(run);
          const { taken, line } = trial(run, variation);
          report.set(line, [...(report.get(line) ?? []), variation.name]);
          seen.set(taken, (seen.get(taken) ?? new Set()).add(run.situation));
        }
        for (const alternative of cell) {
          if (column.startsWith('timer.') && 'nothing' in alternative) continue;
          const reached = [...(seen.get(alternative) ?? [])].sort();
          expect({ alternative, tried: reached.length > 0 }).toEqual({ alternative, tried: true });
          if ('to' in alternative) {
            const declared = alternative.to === 'same' ? [situation] : [...alternative.to].sort();
            expect(declared).toEqual(expect.arrayContaining(reached));
          }
        }
        expect(summarise(report)).toMatchSnapshot();
      });
    });
  }
});

/** One line per outcome, with the variations that lead to it. */
function summarise(report: ReadonlyMap<string, readonly string[]>): string {
  if (report.size === 1) return `always: ${[...report.keys()].join('')}`;
  return [...report].map(([line, names]) => `${line} <- ${names.join('; ')}`).join('\n');
}

/** Sends one variation and checks what must hold whatever the outcome. */
function trial(run: Run, variation: Variation): { taken: Alternative; line: string } {
  const before = run.journey;
  const outcome = run.give(variation.input(run));

  if (run.last === null) throw new Error('no input was sent');
  const taken = choose(new Draft(before, run.last.input, run.last.facts, run.policy));
  if (outcome.type === 'nothing') {
    expect(run.journey).toBe(before);
    return { taken, line: 'nothing' };
  }
  expect(run.journey.seq).toBe(before.seq + 1);
  consistent(run);
  if (outcome.type === 'refusal') {
    expect({ ...run.journey, seq: 0, at: 0 }).toEqual({ ...before, seq: 0, at: 0 });
    return { taken, line: `refused ${outcome.refusal}` };
  }
  if (outcome.type !== 'decision') throw new Error('unanswered');
  const steps = outcome.transitions.map((transition) => transition.type).join(' ');
  const effects = outcome.effects.map((effect) =>
    effect.type === 'notify'
      ? `${effect.about}→${effect.to.kind === 'rep' ? effect.to.id : effect.to.kind}`
      : effect.type === 'capacity_freed'
        ? `frees ${effect.rep}`
        : `${effect.type} by ${effect.playbook}`,
  );
  return { taken, line: `${run.situation} [${steps}] ${effects.join(' ')}`.trimEnd() };
}

/** What holds for every lead after every row. */
function consistent(run: Run): void {
  const { journey } = run;
  // While a past is being recorded nothing runs yet.
  if (journey.past?.resumedAt === null) return;
  const clocks = journey.deadlines.map(({ clock }) => clock);
  const offered = journey.handOff?.status === 'offered';
  expect(clocks.includes('acceptance')).toBe(offered);
  const unheld = journey.handOff?.status === 'escalated' || journey.handOff?.status === 'queued';
  expect(clocks.includes('escalation')).toBe(unheld);
  if (journey.handOff?.status === 'assigned') expect(clocks).toContain('first_response');
  const owned = ['sal', 'sql', 'opportunity'].includes(journey.stage ?? '') || hasEnded(journey);
  if (!owned) expect(journey.owners).toEqual({ sdr: null, ae: null });
  if (['sal', 'sql', 'opportunity'].includes(journey.stage ?? ''))
    expect(clocks).toContain('sales_inactivity');
  expect(journey.handOff === null || journey.stage === 'mql' || journey.stage === 'sql').toBe(true);
  expect(journey.handOff?.rep != null).toBe(offered || journey.handOff?.status === 'assigned');
  expect(clocks.includes('review')).toBe(journey.stage === 'review');
  expect((journey.review !== null) === (journey.stage === 'review')).toBe(true);
  if (hasEnded(journey)) expect(clocks).toEqual([]);
  if (clocks.includes('cool_off')) expect(journey.stage).toBe('nurture');
  if (clocks.includes('sales_inactivity')) expect(['sal', 'sql', 'opportunity']).toContain(journey.stage);
  expect(new Set(clocks).size).toBe(clocks.length);
}
