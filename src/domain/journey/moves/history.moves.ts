import { parseDuration } from '../../time.js';
import type { Draft } from '../draft.js';
import type { Stage } from '../journey.js';
import { startClock } from './clocks.moves.js';
import { enter } from './stage.moves.js';

/** What happened elsewhere: it sets stage and owners and has no consequence. */
export function recordHistory(d: Draft): void {
  const { stage, level, sdr, ae, reason, amount, currency } = d.bodyOf('history_recorded');
  for (const [role, rep] of [
    ['sdr', sdr],
    ['ae', ae],
  ] as const) {
    if (rep !== null && d.journey.owners[role] !== rep) d.emit({ type: 'owner_set', role, rep });
  }
  if (stage === 'closed_won') d.emit({ type: 'outcome', outcome: 'won', reason: null, amount, currency });
  if (stage === 'closed_lost')
    d.emit({ type: 'outcome', outcome: 'lost', reason, amount: null, currency: null });
  enter(d, stage, level, reason ?? 'history');
}

/** The journey goes on from here: what runs, runs from now. */
export function resume(d: Draft): void {
  const { grace, spread, offer } = d.bodyOf('journey_resumed');
  const from = d.at + spread;
  d.emit({ type: 'resumed', activeFrom: from, graceUntil: from + grace, offer });
  if (AT_SALES.includes(d.journey.stage)) startClock(d, 'sales_inactivity', from);
  if (d.journey.stage === 'nurture') {
    const until = from + parseDuration(d.policy.nurture.coolOff);
    d.emit({ type: 'recycled', reason: 'imported', until, counted: false });
    d.emit({ type: 'clock_armed', clock: 'cool_off', due: until, step: 0, startedAt: from });
  }
}

const AT_SALES: readonly (Stage | null)[] = ['sal', 'sql', 'opportunity'];
