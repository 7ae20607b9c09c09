/**
 * Calendar arithmetic on plain days (`YYYY-MM-DD`) and months (a number: year × 12 + month − 1), and the way from an instant
 * to a day in an IANA zone and back. All of it is Temporal's, native where the runtime has it. Views ask for the same days
 * many times an event, so the answers are remembered.
 */
import { Temporal } from 'temporal-polyfill';
import type { Day, Instant } from './ids.js';

const DAY_MS = 86_400_000;

/** The calendar day of an instant in an IANA zone. */
export function dayIn(zone: string, instant: Instant | string): Day {
  if (zone === 'UTC') return instant.slice(0, 10) as Day;
  const time = Date.parse(instant);
  return dayNumbered(Math.floor((time + offsetAt(zone, time)) / DAY_MS));
}

/** The instant at which a day begins in a zone: later than midnight where the clock was set forward over midnight. */
export function startOfDay(zone: string, day: Day | string): Instant {
  const start = Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds;
  return new Date(start).toISOString() as Instant;
}

/** A stretch of time in which a zone has one offset from UTC, in milliseconds. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

const stretches = new Map<string, Stretch[]>();

function offsetAt(zone: string, time: number): number {
  let known = stretches.get(zone);
  if (known === undefined) stretches.set(zone, (known = []));
  for (const { from, to, offset } of known) if (time >= from && time < to) return offset;
  const found = stretchAt(zone, time);
  known.unshift(found); // there are two a year; those of the present are asked for most
  return found.offset;
}

function stretchAt(zone: string, time: number): Stretch {
  const at = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone);
  // The moment itself may be a transition, which `previous` would pass over.
  const from = at.add({ nanoseconds: 1 }).getTimeZoneTransition('previous')?.epochMilliseconds;
  const to = at.getTimeZoneTransition('next')?.epochMilliseconds;
  return { from: from ?? -Infinity, to: to ?? Infinity, offset: at.offsetNanoseconds / 1e6 };
}

const EPOCH = Temporal.PlainDate.from('1970-01-01');

// The history of a company is some thousands of days, each written many times.
const MOST_DAYS = 50_000;
const days = new Map<number, Day>();
const numbers = new Map<string, number>();

const FIRST = EPOCH.until('0000-01-01', { largestUnit: 'day' }).days;
const LAST = EPOCH.until('9999-12-31', { largestUnit: 'day' }).days;

/** The day so many days after 1970-01-01. Beyond four digits of a year, in which text order is time order, it is the last. */
function dayNumbered(number: number): Day {
  const day = Math.min(Math.max(number, FIRST), LAST);
  return remembered(days, day, () => EPOCH.add({ days: day }).toString() as Day);
}

/** How many days after 1970-01-01 a day is. */
function numberOf(day: string): number {
  return remembered(
    numbers,
    day,
    () => EPOCH.until(Temporal.PlainDate.from(day), { largestUnit: 'day' }).days,
  );
}

function remembered<K, V>(map: Map<K, V>, key: K, find: (key: K) => V): V {
  let value = map.get(key);
  if (value === undefined) {
    if (map.size > MOST_DAYS) map.clear();
    map.set(key, (value = find(key)));
  }
  return value;
}

export const addDays = (day: string, more: number): Day => dayNumbered(numberOf(day) + more);

/** Days from `a` to `b`; negative when `b` is earlier. */
export const daysBetween = (a: string, b: string): number => numberOf(b) - numberOf(a);

/** A calendar month as a number, so that months can be counted and subtracted. */
export type Month = number;

export const monthOf = (day: string): Month => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;

/** `1997-03` */
export const monthName = (month: Month): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;

export const monthNamed = (name: string): Month => monthOf(`${name}-01`);

export const firstDay = (month: Month): Day => `${monthName(month)}-01` as Day;

const lastDays = new Map<Month, Day>();
const LAST_MONTH = 9_999 * 12 + 11;

/** Of a month beyond four digits of a year, or before the year 0, it is that of the next month that has them. */
export const lastDay = (month: Month): Day =>
  remembered(
    lastDays,
    Math.max(0, Math.min(month, LAST_MONTH)),
    (known) => Temporal.PlainDate.from(firstDay(known)).with({ day: 31 }).toString() as Day,
  );

/** The first month whose first day is not before this day. */
export const monthFrom = (day: string): Month => (day.endsWith('-01') ? monthOf(day) : monthOf(day) + 1);
