import { describe, expect, it } from '@jest/globals';
import { dayOf, howLongBefore, isTimeZone, readMoment, type Moment } from '../../src/feed/dates.js';

const SAO_PAULO = 'America/Sao_Paulo';
const read = (text: string, timeZone = 'UTC', format?: string): string | null => {
  const moment = readMoment(text, { timeZone, format });
  return moment && `${new Date(moment.at).toISOString()}${moment.dateOnly ? ' (day)' : ''}`;
};
const moment = (text: string, timeZone = 'UTC'): Moment => {
  const read = readMoment(text, { timeZone });
  if (read === null) throw new Error(`${text} is no date`);
  return read;
};

describe('a date', () => {
  it.each([
    ['2018-03-08', 'UTC', '2018-03-08T00:00:00.000Z (day)'],
    ['2018-03-08', SAO_PAULO, '2018-03-08T03:00:00.000Z (day)'],
    // Brazil's clocks skipped midnight there: the day started at one.
    ['2017-10-15', SAO_PAULO, '2017-10-15T03:00:00.000Z (day)'],
    ['2018-01-15', SAO_PAULO, '2018-01-15T02:00:00.000Z (day)'],
    ['2018-03-06 19:38:55', SAO_PAULO, '2018-03-06T22:38:55.000Z'],
    ['2018-03-06T19:38:55Z', SAO_PAULO, '2018-03-06T19:38:55.000Z'],
    ['2018-03-06T19:38+02:00', SAO_PAULO, '2018-03-06T17:38:00.000Z'],
  ])('%s in %s is %s', (text, zone, at) => expect(read(text, zone)).toBe(at));

  it.each([
    ['26/02/2018 19:58', 'dd/MM/yyyy HH:mm', '2018-02-26T22:58:00.000Z'],
    ['26/02/2018', 'dd/MM/yyyy', '2018-02-26T03:00:00.000Z (day)'],
    ['Feb 26, 2018', 'LLL d, yyyy', '2018-02-26T03:00:00.000Z (day)'],
    ['2018-02-26 at 7 PM', "yyyy-MM-dd 'at' h a", '2018-02-26T22:00:00.000Z'],
  ])('%s is read by %s', (text, format, at) => expect(read(text, SAO_PAULO, format)).toBe(at));

  it.each([
    '',
    '2018',
    '2018-02',
    '2018-02-31',
    '12:30',
    '2018-W05',
    '20180226',
    '31/01/2018',
    '2018-02-01 25:00',
  ])('"%s" is none', (text) => expect(read(text)).toBeNull());

  it('is no date where the format says otherwise', () => {
    expect(read('2018-02-26', 'UTC', 'dd/MM/yyyy')).toBeNull();
    expect(read('31/02/2018', 'UTC', 'dd/MM/yyyy')).toBeNull();
  });

  it('has a zone by its name only', () => {
    expect([SAO_PAULO, 'UTC', 'Europe/Berlin'].map(isTimeZone)).toEqual([true, true, true]);
    expect(['+03:00', 'Sao Paulo', '', 'Mars/Base'].map(isTimeZone)).toEqual([false, false, false, false]);
  });
});

describe('business time', () => {
  const before = (a: string, b: string, zone = SAO_PAULO) =>
    howLongBefore(moment(a, zone), moment(b, zone), zone);

  it('is compared by days where one of the two is a day only', () => {
    expect(before('2018-03-06 19:38:55', '2018-03-08')).toBe('2 days');
    expect(before('2018-03-07 23:59:59', '2018-03-08')).toBe('1 day');
    expect(before('2018-03-08', '2018-03-08 00:10')).toBeNull();
    expect(before('2018-03-08 00:10', '2018-03-08')).toBeNull();
    // The night between is an hour short.
    expect(before('2017-10-14', '2017-10-15')).toBe('1 day');
  });

  it('is compared by the minute where both have one', () => {
    expect(before('2018-03-08 10:00', '2018-03-08 10:05')).toBe('5 minutes');
    expect(before('2018-03-08 10:00', '2018-03-08 13:20')).toBe('3 hours');
    expect(before('2018-03-08 23:00', '2018-03-09 01:00')).toBe('1 day');
    expect(before('2018-03-08 10:00', '2018-03-08 10:00')).toBeNull();
  });

  it('has its day where the business is', () => {
    expect(dayOf(moment('2018-03-08T01:00Z').at, SAO_PAULO)).toBe('2018-03-07');
  });
});
