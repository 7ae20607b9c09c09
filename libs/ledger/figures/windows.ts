/**
 * Who is kept over windows of whole months, who is lost, who comes, and what they pay: each as a function of the month in
 * which the window begins. Customers there at the start count where they belonged then; others where they belonged on the
 * day they came.
 */
import { minus, monthOf, plus, type Month, type Whole } from '#kernel';
import { LAGS, LONGEST } from './cells.js';
import { pricesChange, revenueByMonth, turningPoints, yearlyAt, type Frame } from './frame.js';
import type { Lens } from './lens.js';
import { Steps, type Add } from './steps.js';

const NOBODY: readonly never[] = [];

/** What is summed month by month changes with every month of the longest window. */
const EACH = Array.from({ length: LONGEST }, (_, month) => month + 1);

export function contributePresence(frame: Frame, lens: Lens, add: Add): void {
  const { stays, comings } = frame;
  if (stays.length === 0) return;
  const first = stays[0]!; // there is one
  for (const name of lens.on(first.from)) add(name('came', comings[0]!), 1); // one for each stay
  const here = new Steps('here', add);
  const windows = LAGS.map((lag) => ({
    lag,
    lost: new Steps(`lost${lag}`, add),
    new: new Steps(`new${lag}`, add),
    back: new Steps(`back${lag}`, add),
    passing: new Steps(`passing${lag}`, add),
  }));
  let next = 0;
  for (const month of turningPoints(frame.bounds, lens, LAGS)) {
    while (next < comings.length && comings[next]! < month) next++;
    const there = frame.isThere(month);
    const coming = there ? undefined : comings[next];
    const names = there ? lens.atEve(month) : coming === undefined ? NOBODY : lens.on(stays[next]!.from); // as many as comings
    here.from(month, there ? 1 : 0, names);
    for (const { lag, ...window } of windows) {
      const atEnd = frame.isThere(month + lag);
      const comes = coming !== undefined && coming < month + lag;
      window.lost.from(month, there && !atEnd ? 1 : 0, names);
      window.new.from(month, comes && atEnd && next === 0 ? 1 : 0, names);
      window.back.from(month, comes && atEnd && next > 0 ? 1 : 0, names);
      window.passing.from(month, comes && !atEnd ? 1 : 0, names);
    }
  }
}

export function contributeRecurring(frame: Frame, lens: Lens, add: Add): void {
  if (frame.version.contracts.length === 0 || frame.stays.length === 0) return;
  const yearly = yearlyAt(frame);
  const paidAt = (month: Month): Whole => (frame.isThere(month) ? yearly(month) : 0);
  const paid = new Steps('yearly', add);
  const windows = LAGS.map((lag) => ({
    lag,
    lost: new Steps(`yearlyLost${lag}`, add),
    grown: new Steps(`yearlyGrown${lag}`, add),
    inside: new Steps(`yearlyIn${lag}`, add),
  }));
  for (const month of turningPoints([...frame.bounds, ...pricesChange(frame)], lens, EACH)) {
    const there = frame.isThere(month);
    const names = there ? lens.atEve(month) : NOBODY;
    const open = paidAt(month);
    paid.from(month, open, names);
    let inside: Whole = 0;
    let after = 0;
    for (const { lag, ...window } of windows) {
      const close = paidAt(month + lag);
      window.lost.from(month, lost(open, close), names);
      window.grown.from(month, grown(open, close), names);
      if (there) while (after < lag) inside = plus(inside, paidAt(month + ++after));
      window.inside.from(month, inside, names);
    }
  }
}

const YEAR = 12;

export function contributeSpent(frame: Frame, lens: Lens, add: Add): void {
  if (frame.stays.length === 0 || frame.version.days.length === 0) return;
  const bought = boughtIn(frame);
  const spent = new Steps('spent12', add);
  const less = new Steps('spentLost12', add);
  const more = new Steps('spentGrown12', add);
  for (const month of spendingTurns(frame, lens)) {
    const there = frame.isThere(month);
    const names = there ? lens.atEve(month) : NOBODY;
    const open = there ? bought(month - YEAR, month) : 0;
    const close = there ? bought(month, month + YEAR) : 0;
    spent.from(month, open, names);
    less.from(month, lost(open, close), names);
    more.from(month, grown(open, close), names);
  }
}

/** A purchase comes into the year from then on, goes over into the year before, and out of that. */
function spendingTurns(frame: Frame, lens: Lens): Month[] {
  const months = new Set([...frame.bounds, ...lens.changes.map((day) => monthOf(day) + 1)]);
  for (const month of revenueByMonth(frame).keys())
    for (const turn of [month - YEAR + 1, month + 1, month + YEAR + 1]) months.add(turn);
  return [...months].sort((a, b) => a - b);
}

/** Revenue of the months `[from, to)`. */
function boughtIn(frame: Frame): (from: Month, to: Month) => Whole {
  const revenue = revenueByMonth(frame);
  return (from, to) => {
    let sum: Whole = 0;
    for (let month = from; month < to; month++) sum = plus(sum, revenue.get(month) ?? 0);
    return sum;
  };
}

const lost = (open: Whole, close: Whole): Whole => (open > close ? minus(open, close) : 0);
const grown = (open: Whole, close: Whole): Whole => (open > 0 && close > open ? minus(close, open) : 0);
