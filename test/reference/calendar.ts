/**
 * Days, months and zones. A day is the text `YYYY-MM-DD`, so that text order is time order; every window is half-open,
 * `[start, end)`. All arithmetic is Temporal's.
 */
import { Temporal } from 'temporal-polyfill';

export type Day = string;

export interface Window {
  /** First day. */
  readonly start: Day;
  /** First day after it. */
  readonly end: Day;
}

/** Calls with the same text give the same answer, and a reference asks for the same days a million times. */
function remembered<A extends unknown[], R>(compute: (...args: A) => R): (...args: A) => R {
  const known = new Map<string, R>();
  return (...args) => {
    const key = args.join(' ');
    let answer = known.get(key);
    if (answer === undefined) known.set(key, (answer = compute(...args)));
    return answer;
  };
}

/** The calendar day of an instant (RFC 3339) in an IANA zone. */
export const dayOf = remembered((instant: string, zone: string): Day =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString(),
);

/** The first instant of a day in a zone, in UTC with milliseconds; not always midnight. */
export const startOfDay = (day: Day, zone: string): string =>
  Temporal.PlainDate.from(day).toZonedDateTime(zone).toInstant().toString({ fractionalSecondDigits: 3 });

export const plusDays = remembered((day: Day, days: number): Day =>
  Temporal.PlainDate.from(day).add({ days }).toString(),
);

/** The day of the same number so many months later; the last day of that month where it has no such day. */
export const plusMonths = remembered((day: Day, months: number): Day =>
  Temporal.PlainDate.from(day).add({ months }).toString(),
);

export const dayAfter = (day: Day): Day => plusDays(day, 1);
export const dayBefore = (day: Day): Day => plusDays(day, -1);

export const earlier = (a: Day, b: Day): Day => (a < b ? a : b);
export const later = (a: Day, b: Day): Day => (a > b ? a : b);

/** Number of days from one day to another. */
export const daysBetween = (from: Day, to: Day): number =>
  Temporal.PlainDate.from(from).until(to, { largestUnit: 'days' }).days;

/** Every day from the first to the last, both included; none where the last is before the first. */
export function daysFrom(first: Day, last: Day): Day[] {
  const days: Day[] = [];
  for (let day = first; day <= last; day = dayAfter(day)) days.push(day);
  return days;
}

export const within = (day: Day, { start, end }: Window): boolean => start <= day && day < end;

/** Months that have been completed between two days: the largest k for which `from` plus k months is not after `to`. */
export function completedMonths(from: Day, to: Day): number {
  let months = 0;
  while (plusMonths(from, months + 1) <= to) months++;
  return months;
}

export type Period = 'week' | 'month' | 'quarter' | 'year';

/** First day of the calendar period that a day is in. Weeks begin on Monday (ISO 8601). */
export function periodOf(day: Day, period: Period): Day {
  const date = Temporal.PlainDate.from(day);
  switch (period) {
    case 'week':
      return date.subtract({ days: date.dayOfWeek - 1 }).toString();
    case 'month':
      return date.with({ day: 1 }).toString();
    case 'quarter':
      return date.with({ day: 1, month: date.month - ((date.month - 1) % 3) }).toString();
    case 'year':
      return date.with({ day: 1, month: 1 }).toString();
    default:
      return period satisfies never;
  }
}

const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

/** First day of the period after the one that begins on `start`. */
export const periodAfter = (start: Day, period: Period): Day =>
  period === 'week' ? plusDays(start, 7) : plusMonths(start, MONTHS[period]);

/** `2026-W09`, `2026-03`, `2026-Q1`, `2026`. */
export function labelOf(start: Day, period: Period): string {
  const date = Temporal.PlainDate.from(start);
  switch (period) {
    case 'week':
      return `${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, '0')}`;
    case 'month':
      return start.slice(0, 7);
    case 'quarter':
      return `${start.slice(0, 4)}-Q${(date.month + 2) / 3}`;
    case 'year':
      return start.slice(0, 4);
    default:
      return period satisfies never;
  }
}

/** Windows of so many whole months: one from every month that begins in `[from, to)`. */
export function windowsOf(months: number, from: Day, to: Day): Window[] {
  const windows: Window[] = [];
  for (let start = periodOf(from, 'month'); start < to; start = plusMonths(start, 1))
    windows.push({ start, end: plusMonths(start, months) });
  return windows;
}

/** Whole months in a window that begins and ends on the first of a month. */
export const monthsIn = ({ start, end }: Window): number => completedMonths(start, end);

/** The last so many months that are complete at the end of a day. */
export function lastCompleteMonths(months: number, asOf: Day): Window {
  const end = periodOf(dayAfter(asOf), 'month');
  return { start: plusMonths(end, -months), end };
}
