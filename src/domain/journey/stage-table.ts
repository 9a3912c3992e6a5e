import { COMMANDS, FACTS, LOOKS } from './inputs.js';
import { CLOCKS } from './journey.js';
import { SITUATIONS, type Situation } from './situation.js';
import type { Column, StageRow } from './table/cell.js';
import { ENDED_ROWS } from './table/ended.rows.js';
import { HAND_OFF_ROWS } from './table/hand-off.rows.js';
import { MARKETING_ROWS } from './table/marketing.rows.js';
import { SALES_ROWS } from './table/sales.rows.js';

/**
 * The journey, whole: what every input does in every situation. `decide` runs on this table and on nothing
 * else; `docs/stage-table.md` is rendered from it.
 */
export const STAGE_TABLE: Readonly<Record<Situation, StageRow>> = {
  ...MARKETING_ROWS,
  ...HAND_OFF_ROWS,
  ...SALES_ROWS,
  ...ENDED_ROWS,
};

export const COLUMNS: readonly Column[] = [
  ...FACTS,
  ...COMMANDS,
  ...LOOKS,
  ...CLOCKS.map((clock) => `timer.${clock}` as const),
];

/**
 * Faults of the table that the types cannot rule out: a cell without a last word, a situation that nothing
 * leads to, one that nothing leads out of. Empty when the table is sound.
 */
export function tableFaults(table: Readonly<Record<Situation, StageRow>> = STAGE_TABLE): string[] {
  const faults: string[] = [];
  const reached = new Set<Situation>(['new', 'merged']);
  const left = new Set<Situation>(['merged']);
  for (const situation of SITUATIONS) {
    for (const column of COLUMNS) {
      const cell = table[situation][column];
      const last = cell.at(-1);
      if (last === undefined || last.when !== undefined)
        faults.push(`${situation} × ${column}: the last alternative must have no guards`);
      if (cell.slice(0, -1).some(({ when }) => when === undefined))
        faults.push(`${situation} × ${column}: an alternative that is never reached`);
      for (const alternative of cell) {
        if (!('to' in alternative) || alternative.to === 'same') continue;
        for (const target of alternative.to) {
          reached.add(target);
          if (target !== situation) left.add(situation);
        }
      }
    }
  }
  for (const situation of SITUATIONS) {
    if (!reached.has(situation)) faults.push(`${situation}: nothing leads here`);
    if (!left.has(situation)) faults.push(`${situation}: nothing leads out of here`);
  }
  return faults;
}
