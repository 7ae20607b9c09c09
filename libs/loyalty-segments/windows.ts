/** Windows of whole months: half-open, `length` months from the first day of `start`. */
import { firstDay, startOfDay, type Month } from '#kernel';
import type { Lag } from '#ledger/index.js';

export { LAGS as LENGTHS } from '#ledger/index.js';

/** In months. */
export type Length = Lag;

export interface Window {
  readonly start: Month;
  readonly length: Length;
}

/** The first month after the window. */
export const endOf = ({ start, length }: Window): Month => start + length;

/** The window that ends where this one begins, `times` over. */
export const earlier = ({ start, length }: Window, times: number): Window => ({
  start: start - times * length,
  length,
});

/** A discount of a year, for a window of this length: compounded. */
export const discountOver = (yearly: number, { length }: Pick<Window, 'length'>): number =>
  (1 + yearly) ** (length / 12) - 1;

/** How an answer shows its window. */
export const shown = (window: Window, zone: string) => ({
  start: startOfDay(zone, firstDay(window.start)),
  end: startOfDay(zone, firstDay(endOf(window))),
  zone,
  months: window.length,
});
