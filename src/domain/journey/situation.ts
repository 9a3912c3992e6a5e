import type { Journey } from './journey.js';

/** A stage together with what its hand-off is doing: the rows of the stage table. */
export const SITUATIONS = [
  'new',
  'inquiry',
  'mql.early',
  'mql.advanced',
  'mql.queued',
  'mql.offered',
  'mql.assigned',
  'mql.escalated',
  'sal',
  'sql.queued',
  'sql.offered',
  'sql.escalated',
  'sql',
  'opportunity',
  'nurture',
  'review',
  'closed_won',
  'closed_lost',
  'disqualified',
  'merged',
] as const;
export type Situation = (typeof SITUATIONS)[number];

/** @throws Error for a state that the stage table cannot produce. */
export function situationOf(journey: Journey): Situation {
  const { stage, level, handOff } = journey;
  if (stage === null) return 'new';
  if (stage === 'mql') {
    if (handOff !== null) return `mql.${handOff.status}`;
    return level === 'advanced' ? 'mql.advanced' : 'mql.early';
  }
  if (stage === 'sql' && handOff !== null) {
    if (handOff.status === 'assigned')
      throw new Error(`lead ${journey.lead}: the second hand-off assigns by ending`);
    return `sql.${handOff.status}`;
  }
  return stage;
}
