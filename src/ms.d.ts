/**
 * `ms@3.0.0-canary` exposes no types under `nodenext`; with `skipLibCheck` the Temporal SDK's `Duration`
 * would then silently be `any`. This ambient module gives it back its meaning: a number and a unit.
 */
declare module 'ms' {
  type Unit =
    | 'ms'
    | 'millisecond'
    | 'milliseconds'
    | 's'
    | 'second'
    | 'seconds'
    | 'm'
    | 'minute'
    | 'minutes'
    | 'h'
    | 'hour'
    | 'hours'
    | 'd'
    | 'day'
    | 'days'
    | 'w'
    | 'week'
    | 'weeks';
  export type StringValue = `${number}${Unit}` | `${number} ${Unit}`;
  export default function ms(value: StringValue): number;
}
