/** Which windows can be asked about. Presence is kept by month, so windows of customers are 1, 3, 6 or 12 whole months. */
import { invalidRequest, type Violation } from '#http/index.js';
import { firstDay, monthOf } from '#kernel';
import { LAGS, type Lag } from '#ledger/index.js';
import { openMonth, type Observation } from './answer.js';
import type { MonthWindow } from './retention.js';

/** Lengths by the names they are asked for. */
export const LENGTHS = { '1m': 1, '3m': 3, '6m': 6, '12m': 12 } as const satisfies Record<string, Lag>;
export type Length = keyof typeof LENGTHS;

export interface Asked {
  /** First days of months. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly window?: Length | undefined;
}

const MOST_WINDOWS = 120;
const SHOWN = 12;

/**
 * One window `[from, to)`, or with `window` a series of windows of that length, one from every month in which one
 * fits between `from` and `to`. Without either, the last twelve that are over, of one month each.
 * @throws Problem 400 naming the windows that are allowed
 */
export function windowsOf({ from, to, window }: Asked, seen: Observation): readonly MonthWindow[] {
  wholeMonths({ from, to });
  if (window === undefined && from !== undefined && to !== undefined) return [oneWindow(from, to)];
  const months = LENGTHS[window ?? '1m'];
  const end = to === undefined ? openMonth(seen) : monthOf(to);
  const start = from === undefined ? end - months - SHOWN + 1 : monthOf(from);
  const count = end - months - start + 1;
  if (count < 1 || count > MOST_WINDOWS) {
    throw refused('to', 'window', `Send a span in which 1 to ${MOST_WINDOWS} windows of that length begin.`);
  }
  return Array.from({ length: count }, (_, index) => ({ start: start + index, months }));
}

function oneWindow(from: string, to: string): MonthWindow {
  const length = monthOf(to) - monthOf(from);
  const months = LAGS.find((lag) => lag === length);
  if (months === undefined) {
    throw refused(
      'to',
      'window',
      'Send a window of 1, 3, 6 or 12 whole months, or `window` as 1m, 3m, 6m or 12m for a series of them.',
    );
  }
  return { start: monthOf(from), months };
}

/** Days `[from, to)` of any length; without them the last twelve months that are over. */
export function daysOf({ from, to }: Asked, seen: Observation): { start: string; end: string } {
  const end = to ?? firstDay(openMonth(seen));
  const start = from ?? firstDay(monthOf(end) - SHOWN);
  if (start >= end) throw refused('to', 'window', 'Send a day after `from`.');
  return { start, end };
}

/** Cohorts from this month up to but not with that one; null for all of them. */
export function cohortsOf(asked: Asked, seen: Observation): { from: number; to: number } | null {
  wholeMonths(asked);
  if (asked.from === undefined && asked.to === undefined) return null;
  const to = asked.to === undefined ? openMonth(seen) + 1 : monthOf(asked.to);
  const from = asked.from === undefined ? to - SHOWN : monthOf(asked.from);
  if (from >= to) throw refused('to', 'window', 'Send a day after `from`.');
  return { from, to };
}

function wholeMonths(asked: Pick<Asked, 'from' | 'to'>): void {
  const violations = (['from', 'to'] as const)
    .filter((field) => asked[field]?.endsWith('-01') === false)
    .map((field) => violation(field, 'not_a_month', 'Send the first day of a month, such as 2026-03-01.'));
  if (violations.length > 0) throw invalidRequest(violations);
}

/** Days are counted in the zone of the definition; in another they would be other days. */
export function mustBeZone(zone: string | undefined, counted: string): void {
  if (zone === undefined || zone === counted) return;
  throw refused(
    'zone',
    'zone',
    `Days are counted in ${counted}. To count in another zone, publish a definition of retention with it.`,
  );
}

const violation = (field: string, code: string, message: string): Violation => ({ field, code, message });
const refused = (field: string, code: string, message: string): Error =>
  invalidRequest([violation(field, code, message)]);
