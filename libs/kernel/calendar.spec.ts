import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill/implementation';
import {
  addDays,
  dayIn,
  daysBetween,
  firstDay,
  lastDay,
  monthFrom,
  monthName,
  monthNamed,
  monthOf,
  startOfDay,
} from './calendar.js';
import type { Day, Instant } from './ids.js';

const ZONES = [
  'UTC',
  'Europe/London',
  'America/St_Johns',
  'Asia/Kathmandu',
  'America/Santiago',
  'America/Asuncion',
  'Pacific/Auckland',
  'Pacific/Apia', // left a day out
];

const zones = fc.constantFrom(...ZONES);
const instants = fc
  .date({ min: new Date('1890-01-01T00:00:00Z'), max: new Date('2099-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString() as Instant);

describe('the day of an instant', () => {
  it('is that of the zone', () => {
    fc.assert(
      fc.property(zones, instants, (zone, instant) => {
        expect(dayIn(zone, instant)).toBe(
          Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString(),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('begins with its start, and the day before ends a millisecond earlier', () => {
    const days = fc.integer({ min: -20_000, max: 40_000 }).map((number) => addDays('1970-01-01', number));
    fc.assert(
      fc.property(zones, days, (zone, day) => {
        const start = startOfDay(zone, day);
        const before = new Date(Date.parse(start) - 1).toISOString() as Instant;
        fc.pre(!(zone === 'Pacific/Apia' && day === '2011-12-30')); // there was no such day
        expect([dayIn(zone, start), dayIn(zone, before) < day]).toEqual([day, true]);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['America/Asuncion', '2017-10-01', '2017-10-01T04:00:00.000Z'], // midnight did not happen
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00.000Z'],
    ['America/St_Johns', '2010-11-07', '2010-11-07T02:30:00.000Z'], // the clock was set back at 00:01
    ['Europe/London', '2026-03-29', '2026-03-29T00:00:00.000Z'],
  ])('in %s, %s begins at %s', (zone, day, start) => {
    expect(startOfDay(zone, day as Day)).toBe(start);
  });
});

describe('days and months', () => {
  it.each([
    ['0026-03-01', 1, '0026-03-02'],
    ['0099-12-31', 1, '0100-01-01'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-03-01', -1, '2026-02-28'],
    ['1969-12-31', 1, '1970-01-01'],
  ])('%s and %i days are %s', (day, more, then) => {
    expect(addDays(day, more)).toBe(then);
    expect(daysBetween(day, then)).toBe(more);
  });

  it('end where the years of four digits end', () => {
    expect([lastDay(-1), lastDay(0), lastDay(120_000)]).toEqual(['0000-01-31', '0000-01-31', '9999-12-31']);
  });

  it('are counted by month', () => {
    expect(monthName(monthOf('1997-03-15'))).toBe('1997-03');
    expect(firstDay(monthNamed('0026-12') + 1)).toBe('0027-01-01');
    expect([monthFrom('1997-03-01'), monthFrom('1997-03-02')].map(monthName)).toEqual(['1997-03', '1997-04']);
  });
});
