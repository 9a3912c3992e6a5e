import type { Row } from '../../../src/domain/journey/row.js';
import { transitionsOf } from './ownership.js';
import { type LeadRecord, type Violation, violation } from './records.js';

const DEADLINES = 'every due deadline has exactly one row or is stale';

interface Armed {
  readonly clock: string;
  readonly due: number;
  readonly id: string;
}

export interface DeadlineCount {
  readonly violations: readonly Violation[];
  /** Deadlines that have their row. */
  readonly applied: number;
  /** Deadlines that something else made void before they were due. */
  readonly stale: number;
}

/**
 * Follows every clock that a row has armed to its end.
 * @param asOf what was due before this must have been applied
 */
export function checkDeadlines({ id, rows }: Pick<LeadRecord, 'id' | 'rows'>, asOf: number): DeadlineCount {
  const violations: Violation[] = [];
  const complain = (what: string): void => void violations.push(violation(DEADLINES, id, what));
  const armed = new Map<string, Armed>();
  const applied = new Set<string>();
  let stale = 0;

  for (const row of rows) {
    const { input, seq } = row;
    const own = input.kind === 'timer' ? (armed.get(input.body.clock) ?? null) : null;
    if (input.kind === 'timer') {
      if (own?.id !== input.id) complain(`row ${seq}: ${input.id} is not armed`);
      if (applied.has(input.id)) complain(`row ${seq}: ${input.id} has a second row`);
      if (own !== null && input.at < own.due) complain(`row ${seq}: ${input.id} comes before its time`);
      applied.add(input.id);
    }
    for (const deadline of armed.values()) {
      if (deadline.due > input.at || deadline === own) continue;
      if (own === null || isBefore(deadline, own)) complain(`row ${seq} goes before ${deadline.id}`);
    }
    const before = new Map(armed);
    follow(armed, row);
    for (const [clock, deadline] of before) {
      if (armed.get(clock) === deadline) {
        if (deadline === own) complain(`row ${seq}: ${deadline.id} is still armed`);
      } else if (deadline !== own) stale += 1;
    }
  }
  for (const deadline of armed.values()) {
    if (deadline.due < asOf) complain(`${deadline.id} was due at ${new Date(deadline.due).toISOString()}`);
  }
  return { violations, applied: applied.size, stale };
}

/** Deadlines are applied by due instant, then by clock. */
const isBefore = (a: Armed, b: Armed): boolean => a.due < b.due || (a.due === b.due && a.clock < b.clock);

function follow(armed: Map<string, Armed>, row: Row): void {
  for (const transition of transitionsOf(row)) {
    if (transition.type === 'clock_cleared') armed.delete(transition.clock);
    if (transition.type !== 'clock_armed') continue;
    const { clock, due } = transition;
    armed.set(clock, { clock, due, id: `timer:${clock}:${row.seq}:${due}` });
  }
}
