import { holds } from '../scoring/condition.js';
import { patternFault } from '../scoring/pattern.js';
import { type Fault, fault, type Path } from './fault.js';
import type { Condition } from './schema-parts.js';

/** Why a condition can never hold, or is none, as at most one fault. */
export function conditionFaults(path: Path, condition: Condition): Fault[] {
  const wrong = condition.matches === undefined ? null : patternFault(condition.matches);
  if (wrong !== null)
    return [fault([...path, 'matches'], `this is no regular expression (RE2 syntax): ${wrong}`)];
  const reason = contradiction(condition);
  return reason === null ? [] : [fault(path, `this can never match: ${reason}`)];
}

function contradiction(condition: Condition): string | null {
  const { atLeast, below, present } = condition;
  const others = Object.entries(condition).filter(
    ([part, value]) => part !== 'present' && value !== undefined,
  );
  if (present === false && others.length > 0) {
    return `an absent value cannot fulfil ${others.map(([part]) => part).join(', ')}`;
  }
  if (atLeast !== undefined && below !== undefined && atLeast >= below) {
    return `nothing is at least ${atLeast} and below ${below}`;
  }
  if (condition.in?.every((value) => !holds(condition, value)) === true) {
    return 'no value in the list fulfils the other parts';
  }
  return null;
}
