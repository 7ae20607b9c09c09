/**
 * Calendar arithmetic on plain days (`YYYY-MM-DD`) and months (a number: year × 12 + month − 1), in the
 * organisation's own zone. Days have no time and so no daylight saving.
 */
import type { Day, Instant } from '#kernel';

const DAY_MS = 86_400_000;
const QUARTER_HOUR_MS = 900_000;

/** The calendar day of an instant in an IANA zone. */
export function dayIn(zone: string, instant: Instant | string): Day {
  if (zone === 'UTC') return instant.slice(0, 10) as Day;
  const time = Date.parse(instant);
  return dayAt(time + offsetAt(zone, time));
}

/** The instant at which a day begins in a zone. */
export function startOfDay(zone: string, day: Day | string): Instant {
  const utc = Date.parse(`${day}T00:00:00Z`);
  const guess = utc - offsetAt(zone, utc);
  const start = utc - offsetAt(zone, guess); // once more, where the offset changed in between
  return new Date(start).toISOString() as Instant;
}

// Offsets change on quarter hours at the finest, so one look-up a quarter of an hour and zone is enough.
const offsets = new Map<string, Map<number, number>>();
const MOST_OFFSETS = 50_000;

function offsetAt(zone: string, time: number): number {
  let known = offsets.get(zone);
  if (known === undefined || known.size > MOST_OFFSETS) offsets.set(zone, (known = new Map()));
  const slot = Math.floor(time / QUARTER_HOUR_MS);
  let offset = known.get(slot);
  if (offset === undefined) known.set(slot, (offset = lookUpOffset(zone, slot * QUARTER_HOUR_MS)));
  return offset;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function lookUpOffset(zone: string, time: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(time)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - time;
}

const timeOf = (day: string): number =>
  Date.UTC(two(day, 0) * 100 + two(day, 2), two(day, 5) - 1, two(day, 8));

/** The number that two digits make. Views read a day many times an event, and slicing it costs three times this. */
const two = (text: string, at: number): number => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;

// A company's history is some thousands of days, each written many times.
const days = new Map<number, Day>();
const MOST_DAYS = 50_000;

function dayAt(time: number): Day {
  const number = Math.floor(time / DAY_MS);
  let day = days.get(number);
  if (day === undefined) {
    if (days.size > MOST_DAYS) days.clear();
    days.set(number, (day = new Date(time).toISOString().slice(0, 10) as Day));
  }
  return day;
}

export const addDays = (day: string, days: number): Day => dayAt(timeOf(day) + days * DAY_MS);

/** Days from `a` to `b`; negative when `b` is earlier. */
export const daysBetween = (a: string, b: string): number => Math.round((timeOf(b) - timeOf(a)) / DAY_MS);

/** A calendar month as a number, so that months can be counted and subtracted. */
export type Month = number;

export const monthOf = (day: string): Month => (two(day, 0) * 100 + two(day, 2)) * 12 + two(day, 5) - 1;

/** `1997-03` */
export const monthName = (month: Month): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;

export const monthNamed = (name: string): Month => monthOf(`${name}-01`);

export const firstDay = (month: Month): Day => `${monthName(month)}-01` as Day;

/** The first month whose first day is not before this day. */
export const monthFrom = (day: string): Month => (day.endsWith('-01') ? monthOf(day) : monthOf(day) + 1);
