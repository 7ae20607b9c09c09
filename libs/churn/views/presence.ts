/**
 * Who came and who left, by month. Of a window nearly everything follows from these: at its start are those who
 * had come and not left, and whoever leaves in it is lost. Wrong only for those who come and go, or go and come
 * back, inside the window; they, and only they, need cells of their own, one kind for each length.
 */
import { minus } from '#kernel';
import { monthsOf, type MonthRange } from '#ledger/index.js';
import { LAGS, type Contribute, type Lag } from '../cells.js';
import { combine, differences, later, stepsOf, type Steps } from '../steps.js';
import type { Part } from './part.js';

export function contributePresence({ spells }: Part, contribute: Contribute): void {
  const stays = joined(monthsOf(spells));
  stays.forEach(({ from, to }, index) => {
    contribute(index === 0 ? 'first' : 'back', from, 1);
    if (to !== null) contribute('left', to, 1);
  });
  for (const lag of LAGS) if (!steady(stays, lag)) contributeRestless(stays, lag, contribute);
}

/** Away for some days in the middle of a month is not away on the first of any. */
function joined(months: readonly MonthRange[]): MonthRange[] {
  const stays: MonthRange[] = [];
  for (const range of months) {
    const last = stays.at(-1);
    if (last?.to === range.from) stays[stays.length - 1] = { from: last.from, to: range.to };
    else stays.push(range);
  }
  return stays;
}

/** Is every stay, and every time away between two, at least as long as the window? */
const steady = (stays: readonly MonthRange[], lag: Lag): boolean =>
  stays.every(({ from, to }, index) => {
    if (to === null) return true;
    const next = stays[index + 1];
    return to - from >= lag && (next === undefined || next.from - to >= lag);
  });

function contributeRestless(stays: readonly MonthRange[], lag: Lag, contribute: Contribute): void {
  const there = stepsOf(stays.map((range) => ({ ...range, amount: 1 })));
  const atEnd = later(there, lag);
  const comes = within(
    stays.slice(0, 1).map(({ from }) => from),
    lag,
  );
  const goes = within(
    stays.flatMap(({ to }) => to ?? []),
    lag,
  );
  const passed = combine(comes, atEnd, (came, end) => (came === 1 && end === 0 ? 1 : 0));
  const lost = combine(there, atEnd, (start, end) => (start === 1 && end === 0 ? 1 : 0));
  const inside = combine(goes, lost, minus);
  const again = combine(inside, passed, minus);
  differences(passed, (month, change) => contribute(`passed${lag}`, month, change));
  differences(again, (month, change) => contribute(`again${lag}`, month, change));
}

/** How many of these months lie in the window (t, t + lag], as a function of t. */
const within = (months: readonly number[], lag: Lag): Steps =>
  stepsOf(months.map((month) => ({ from: month - lag, to: month, amount: 1 })));
