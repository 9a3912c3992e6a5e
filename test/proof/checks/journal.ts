import type { Effect, Transition } from '../../../src/domain/journey/transitions.js';
import type { Input } from '../../../src/domain/journey/inputs.js';
import type { Row } from '../../../src/domain/journey/row.js';
import type { RecordedFact } from '../../../src/domain/journey/decision.js';
import type { LeadRecord } from './records.js';

/** What a made-up row says; all else is filled in. */
export interface Told {
  readonly kind: Input['kind'];
  readonly id?: string;
  readonly at?: number;
  readonly body?: unknown;
  readonly rep?: string | null;
  readonly transitions?: readonly Transition[];
  readonly effects?: readonly Effect[];
  readonly refusal?: string;
  readonly facts?: readonly RecordedFact[];
  readonly suppressed?: number;
}

/** A journal as the product would have written it, for checks that look at some of its parts. */
export const journal = (...told: readonly Told[]): Row[] =>
  told.map((row, i) => {
    const seq = i + 1;
    const { kind, at = seq * 10, id = `${kind}-${seq}`, rep = null, transitions = [], effects = [] } = row;
    const actor = { kind: 'admin', id: 'key', onBehalfOf: rep };
    const input = { kind, id, at, occurred: null, actor, score: {}, body: row.body ?? {}, personal: null };
    const result = row.refusal === undefined ? { transitions, effects } : { refusal: row.refusal };
    // The parts that no check looks at are left out.
    return {
      engine: 1,
      lead: 'ld',
      seq,
      input,
      facts: row.facts ?? [],
      policy: 'p',
      suppressed: row.suppressed ?? 0,
      result,
      deadlines: [],
    } as unknown as Row;
  });

export const lead = (rows: readonly Row[], more: Partial<LeadRecord> = {}): LeadRecord => ({
  id: 'ld',
  externalIds: ['crm:1'],
  ended: false,
  rows,
  assignments: [],
  openWorkflows: 1,
  commands: [],
  suppressed: 0,
  ...more,
});

/** Transitions in short. */
export const opened: Transition = {
  type: 'hand_off_opened',
  kind: 'sdr',
  trigger: 'score',
  pool: 'sdr',
  excluded: [],
  attempt: 0,
};
export const moved = (rep: string | null): Transition => ({
  type: 'hand_off_moved',
  status: rep === null ? 'queued' : 'offered',
  rep,
  until: null,
});
export const owned = (rep: string | null): Transition => ({ type: 'owner_set', role: 'sdr', rep });
export const accepted: Transition = { type: 'hand_off_closed', outcome: 'accepted' };
export const excluded = (rep: string): Transition => ({
  type: 'rep_excluded',
  rep,
  why: 'lapsed',
  reason: null,
});
export const entered = (stage: 'mql' | 'sal'): Transition => ({
  type: 'stage_entered',
  stage,
  level: null,
  team: 'sales',
  reason: 'test',
});
export const armed = (due: number, clock: 'acceptance' | 'escalation' = 'acceptance'): Transition => ({
  type: 'clock_armed',
  clock,
  due,
  step: 0,
  startedAt: 0,
});
export const cleared: Transition = { type: 'clock_cleared', clock: 'acceptance' };
