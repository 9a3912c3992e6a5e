/** An instant: milliseconds since 1970-01-01T00:00:00Z, always a safe integer. */
export type Instant = number;

/** A length of time in whole milliseconds. */
export type Milliseconds = number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const UNITS: Readonly<Record<string, Milliseconds>> = {
  second: SECOND,
  minute: MINUTE,
  hour: HOUR,
  day: DAY,
  week: 7 * DAY,
};

/** What a duration looks like in a policy: a whole number and a unit, such as `15 minutes` or `1 day`. */
export const DURATION_PATTERN = /^([1-9][0-9]{0,5}) (second|minute|hour|day|week)s?$/;

/** @throws RangeError when the text is not a duration as {@link DURATION_PATTERN} describes it. */
export function parseDuration(text: string): Milliseconds {
  const match = DURATION_PATTERN.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined) {
    throw new RangeError(
      `"${text}" is not a duration; write a whole number and a unit, such as "15 minutes"`,
    );
  }
  return Number(match[1]) * unit;
}

/** The whole minute that `at` lies in or starts. */
export const floorToMinute = (at: Instant): Instant => Math.floor(at / MINUTE) * MINUTE;
