import { HALF_LIFE } from '../domain/scoring/half-life.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { DAY, HOUR, MINUTE, SECOND, parseDuration, type Milliseconds } from '../domain/time.js';

/** A duration that could not be made as short as asked for. */
export interface Floored {
  /** In the policy, such as `clocks.acceptance.after`. */
  readonly path: string;
  /** As the derived policy has it. */
  readonly is: string;
  /** What the division gives. */
  readonly wanted: Milliseconds;
}

export interface FasterPolicy {
  readonly policy: Policy;
  readonly floored: readonly Floored[];
}

/** Shorter, and what a clock decides would depend on how busy the machine is. */
export const FLOOR: Milliseconds = 2 * SECOND;

/** Where a policy has durations; `*`: every name or index there. */
const DURATIONS: readonly { readonly at: string; readonly least: Milliseconds }[] = [
  // The domain's own bound: exact sums of shorter half-lives grow too large.
  { at: 'scoring.groups.*.halfLife', least: HALF_LIFE.least },
  // The least that windows may have.
  { at: 'scoring.events.*.coolDown', least: MINUTE },
  { at: 'scoring.events.*.count.within', least: MINUTE },
  { at: 'scoring.sequences.*.within', least: MINUTE },
  { at: 'scoring.intent.*.window', least: MINUTE },
  { at: 'scoring.intent.*.baseline', least: MINUTE },
  { at: 'clocks.*.after', least: FLOOR },
  { at: 'clocks.*', least: FLOOR },
  { at: 'handOffs.*.firstResponse.after', least: FLOOR },
  { at: 'nurture.coolOff', least: FLOOR },
  { at: 'reasons.*.*.recycleAfter', least: FLOOR },
  { at: 'enrichment.atMost', least: FLOOR },
  { at: 'playbooks.*.do.*.task.due', least: FLOOR },
  { at: 'tracks.*.steps.*.after', least: FLOOR },
  { at: 'tracks.*.steps.*.do.*.task.due', least: FLOOR },
  // People do not meet more often than once a day.
  { at: 'review.every', least: DAY },
];
const NAME_LENGTH = 64;
const MOST = 1_000_000;

/**
 * The policy `n` times as fast: every duration divided by n, to the whole second, and named so
 * (`education-x600`). Half-lives that do not get as short as asked for only make scores fade later.
 * @param n a whole number from 1 on; 1 changes nothing
 * @throws RangeError
 */
export function fasterPolicy(policy: Policy, n: number): FasterPolicy {
  if (!Number.isInteger(n) || n < 1 || n > MOST) {
    throw new RangeError(`a policy is made faster by a whole number from 1 to ${MOST}, not by ${n}`);
  }
  if (n === 1) return { policy, floored: [] };
  const floored: Floored[] = [];
  const divide = (value: unknown, path: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((part, i) => divide(part, [...path, String(i)]));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([name, part]) => [name, divide(part, [...path, name])]),
      );
    }
    const place = DURATIONS.find(({ at }) => matches(at, path));
    if (typeof value !== 'string' || place === undefined) return value;
    const wanted = parseDuration(value) / n;
    const is = toDuration(Math.max(Math.min(place.least, parseDuration(value)), wanted));
    if (wanted < place.least) floored.push({ path: path.join('.'), is, wanted });
    return is;
  };
  const suffix = `-x${n}`;
  const name = `${policy.name.slice(0, NAME_LENGTH - suffix.length)}${suffix}`;
  // Only texts of durations were replaced, by others: it is still a policy.
  return { policy: { ...(divide(policy, []) as Policy), name }, floored };
}

/** Whether `path` is a place with a duration. */
function matches(at: string, path: readonly string[]): boolean {
  const parts = at.split('.');
  return parts.length === path.length && parts.every((part, i) => part === '*' || part === path[i]);
}

const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
] as const;
/** The grammar of durations has six digits. */
const MOST_OF_A_UNIT = 999_999;

/** The largest unit in which it is whole; to the second, or to the minute where seconds take too many digits. */
function toDuration(length: Milliseconds): string {
  const step = length / SECOND > MOST_OF_A_UNIT ? MINUTE : SECOND;
  const whole = Math.max(step, Math.round(length / step) * step);
  const [unit, size] = UNITS.find(([, size]) => whole % size === 0) ?? (['second', SECOND] as const);
  const count = whole / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
