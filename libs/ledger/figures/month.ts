/**
 * What the purchases of one month add to the figures: to the cohort of the customer, and to the revenue of everybody who was
 * there up to eleven months before. A purchase changes no other month, so no other is counted anew.
 */
import { minus, monthOf, plus, type Month, type Whole } from '#kernel';
import { revenueOf, type DaySales } from '../account/sales.js';
import { LONGEST, type CellKind } from './cells.js';
import type { Frame } from './frame.js';
import type { Lens } from './lens.js';
import { monthPair, type Naming } from './names.js';
import type { Add } from './steps.js';

/** The cohort of customers whose first occasion was before anything was recorded. */
export const HISTORY_MISSING = 0;

/** @param days of this month */
export function contributeMonth(
  month: Month,
  days: readonly DaySales[],
  frame: Frame,
  lens: Lens,
  add: Add,
): void {
  if (days.length === 0) return;
  contributeCohort(month, days, frame, lens, add);
  contributeSales(month, days, frame, lens, add);
  for (const { day, foreign } of days)
    if (foreign > 0) for (const name of lens.on(day)) add(name('foreign', day), foreign);
}

function contributeCohort(month: Month, days: readonly DaySales[], frame: Frame, lens: Lens, add: Add): void {
  const first = frame.version.days[0]!.day; // there are days
  const cohort = missingSince(frame) === null ? monthOf(first) : HISTORY_MISSING;
  const names = lens.on(first);
  let revenue: Whole = 0;
  days.forEach((sold, index) => {
    const keys = `${month}|${sold.day.slice(8)}|${cohort}`;
    const amount = revenueOf(sold);
    revenue = plus(revenue, amount);
    for (const name of names) {
      add(name(index === 0 ? 'dayActive' : 'dayMore', keys), 1);
      if (amount !== 0) add(name('dayRevenue', keys), amount);
    }
  });
  const keys = cohort === HISTORY_MISSING ? `${cohort}|${month}` : monthPair(cohort, month);
  for (const name of names) {
    add(name('active', keys), 1);
    if (days.length > 1) add(name('more', keys), days.length - 1);
    if (revenue !== 0) add(name('revenue', keys), revenue);
  }
}

/** Month of `customerSince` where it is before all that is recorded, so that history is missing; or null. */
export function missingSince({ version: { since }, comings }: Frame): Month | null {
  if (since === null || comings.length === 0) return null;
  const month = monthOf(since);
  return month < comings[0]! ? month : null; // there is one
}

const NOBODY: readonly Naming[] = [];

/** A purchase of month m counts for every window that began up to eleven months before, if the customer was there then. */
function contributeSales(month: Month, days: readonly DaySales[], frame: Frame, lens: Lens, add: Add): void {
  const sums: [CellKind, Whole][] = [
    ['covered', days.reduce<Whole>((sum, { covered }) => plus(sum, covered), 0)],
    ['margin', days.reduce<Whole>((sum, { margin }) => plus(sum, margin), 0)],
    ['bare', days.reduce<Whole>((sum, { bare }) => plus(sum, bare), 0)],
  ];
  let before = NOBODY;
  for (let lag = 0; lag < LONGEST; lag++) {
    const names = frame.isThere(month - lag) ? lens.atEve(month - lag) : NOBODY;
    if (names === before) continue;
    for (const [kind, amount] of sums) {
      if (amount === 0) continue;
      for (const name of before) add(name(kind, monthPair(month, lag)), minus(0, amount));
      for (const name of names) add(name(kind, monthPair(month, lag)), amount);
    }
    before = names;
  }
}

/** All of the frame that a month is counted by: where it is the same, the month adds the same. */
export function frameKey(month: Month, frame: Frame, lenses: readonly Lens[]): readonly unknown[] {
  const first = frame.version.days[0]?.day;
  let there = 0;
  for (let lag = 0; lag < LONGEST; lag++) there = (there << 1) | (frame.isThere(month - lag) ? 1 : 0);
  const key: unknown[] = [first, missingSince(frame), there];
  for (const lens of lenses) {
    if (first !== undefined) key.push(...lens.on(first));
    if (lens.changes.length === 0) continue;
    for (let lag = 0; lag < LONGEST; lag++) key.push(...lens.atEve(month - lag), lag);
  }
  return key;
}
