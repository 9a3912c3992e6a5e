import { DateTime, IANAZone } from 'luxon';
import type { Instant } from '../domain/time.js';

/** A time as a file tells it. */
export interface Moment {
  readonly at: Instant;
  /** The file names a day only: `at` is its start, and it is compared as a day. */
  readonly dateOnly: boolean;
}

/** What a date is read by. */
export interface DateReading {
  /** IANA name: where a date or timestamp without a zone was written. */
  readonly timeZone: string;
  /** Luxon's tokens, such as `dd/MM/yyyy HH:mm`; absent: ISO 8601, with "T" or a space before the time. */
  readonly format?: string | undefined;
}

const SHAPE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?))?(Z|[+-]\d{2}:\d{2})?$/;
/** Luxon's tokens that tell a time of day, or an instant. */
const TIME_TOKEN = /[HhmsSuaTtFfXx]/;
const QUOTED = /'[^']*'/g;

/** Reads a date or a timestamp; null when it is none. A time that the clocks skipped is read an hour later. */
export function readMoment(text: string, { timeZone, format }: DateReading): Moment | null {
  if (format !== undefined) {
    const read = DateTime.fromFormat(text, format, { zone: timeZone, locale: 'en' });
    return read.isValid ? { at: read.toMillis(), dateOnly: isDateFormat(format) } : null;
  }
  // Luxon takes far more for ISO 8601 than anybody means: a time alone would be today's.
  const [, date, time, zone = ''] = SHAPE.exec(text) ?? [];
  if (date === undefined) return null;
  const read = DateTime.fromISO(time === undefined ? `${date}T00:00${zone}` : `${date}T${time}${zone}`, {
    zone: timeZone,
  });
  return read.isValid ? { at: read.toMillis(), dateOnly: time === undefined } : null;
}

export const isDateFormat = (format: string): boolean => !TIME_TOKEN.test(format.replace(QUOTED, ''));

/** Whether a format's tokens can be read back: `yyyy-MM-dd` can, `day` cannot. */
export function isReadable(format: string): boolean {
  try {
    const sample = DateTime.fromObject({ year: 2018, month: 2, day: 26, hour: 19 }, { zone: 'UTC' });
    const text = sample.toFormat(format, { locale: 'en' });
    return DateTime.fromFormat(text, format, { zone: 'UTC', locale: 'en' }).year === 2018;
  } catch {
    return false;
  }
}

/** IANA names only: offsets such as "+03:00" mean opposite things in different places. */
export const isTimeZone = (name: string): boolean => /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name);

/** The calendar day of an instant, such as `2018-03-08`. */
export const dayOf = (at: Instant, timeZone: string): string =>
  DateTime.fromMillis(at, { zone: timeZone }).toFormat('yyyy-MM-dd');

/** How long before `later` the moment lies, such as `2 days`; null when it does not: by days if one is a day only. */
export function howLongBefore(moment: Moment, later: Moment, timeZone: string): string | null {
  if (moment.at >= later.at) return null;
  const [from, to] = [moment, later].map(({ at }) => DateTime.fromMillis(at, { zone: timeZone }));
  if (from === undefined || to === undefined) return null;
  const days = Math.round(to.startOf('day').diff(from.startOf('day'), 'days').days);
  if (days > 0) return count(days, 'day');
  if (moment.dateOnly || later.dateOnly) return null;
  const minutes = Math.ceil((later.at - moment.at) / 60_000);
  return minutes < 60 ? count(minutes, 'minute') : count(Math.round(minutes / 60), 'hour');
}

const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;
