import type { HistoricFact } from '../domain/journey/inputs.js';
import { ENDED } from '../domain/journey/journey.js';
import type { StageName } from '../feed/mapping.schema.js';

/** `mql.early` as the journal writes it. */
export function stageOf(name: StageName): Pick<HistoricFact, 'stage' | 'level'> {
  switch (name) {
    case 'mql.early':
      return { stage: 'mql', level: 'early' };
    case 'mql.advanced':
      return { stage: 'mql', level: 'advanced' };
    default:
      return { stage: name, level: null };
  }
}

/** Stages in which somebody in sales works the lead. */
export const isAtSales = (name: StageName): boolean =>
  name === 'sal' || name === 'sql' || name === 'opportunity';

/** Whether a journey that stands there is over. */
export const isOver = (name: StageName | undefined): boolean =>
  name !== undefined && ENDED.some((stage) => stage === name);
