/**
 * What was sold, by day: a few numbers a day, and beside them what came to be so only on a later day. So a day can be told
 * as it was known at any time, and no purchase has to be read again for it.
 */
import { minus, plus, wholeOf, type Day, type Whole } from '#kernel';
import type { Effect, Part, Sold } from './purchase.js';

/** As JSON keeps it: beyond 2^53 its digits. */
export type Stored = number | string;

/** What came to be so on a day: `known`, purchases, revenue with a margin, that margin, revenue without, foreign purchases. */
type Row = readonly [
  known: string,
  purchases: number,
  covered: Stored,
  margin: Stored,
  bare: Stored,
  foreign: number,
];

/** Most rows are of purchases without a margin, of which nothing changed later: they are kept in short. */
type Kept = Row | readonly [purchases: number, bare: Stored];

const rowOf = (kept: Kept): Row => (kept.length === 2 ? ['', kept[0], 0, 0, kept[1], 0] : kept);

function keep(row: Row): Kept {
  const [known, purchases, covered, margin, bare, foreign] = row;
  return known === '' && covered === 0 && margin === 0 && foreign === 0 ? [purchases, bare] : row;
}

/** By day of the month. */
export type MonthSales = Readonly<Record<string, readonly Kept[]>>;

/** By month, `2026-03`. */
export type Sales = Readonly<Record<string, MonthSales>>;

/** A day on which something was bought that was not wholly taken back. Amounts are minor units of the reporting currency. */
export interface DaySales {
  readonly day: Day;
  /** Revenue of purchases with a margin of their own, and that margin. */
  readonly covered: Whole;
  readonly margin: Whole;
  /** Revenue of purchases without one. */
  readonly bare: Whole;
  /** Purchases in other currencies: none of their amount is in the others. */
  readonly foreign: number;
}

export const read = (stored: Stored): Whole =>
  typeof stored === 'string' ? wholeOf(BigInt(stored)) : stored;
export const store = (amount: Whole): Stored => (typeof amount === 'bigint' ? String(amount) : amount);

/** @param currency in which amounts are reported */
export function sell(
  sales: Sales,
  { sign, known, sold }: Effect,
  part: Part | Sold,
  currency: string,
): Sales {
  const [month, day] = [sold.day.slice(0, 7), sold.day.slice(8)];
  const days = sales[month] ?? {};
  const rows = (days[day] ?? []).map(rowOf);
  const here = sold.currency === currency;
  const change = sign === 1 ? plus : minus;
  const [, purchases, covered, margin, bare, foreign] = rows.find(([at]) => at === known) ?? [
    known,
    0,
    0,
    0,
    0,
    0,
  ];
  const withMargin = here && part.margin !== null;
  const row: Row = [
    known,
    purchases + sign,
    store(change(read(covered), withMargin ? part.net : 0)),
    store(change(read(margin), here ? (part.margin ?? 0) : 0)),
    store(change(read(bare), here && !withMargin ? part.net : 0)),
    foreign + (here ? 0 : sign),
  ];
  const others = rows.filter(([at]) => at !== known);
  const isNothing = row.slice(1).every((amount) => amount === 0);
  const { [day]: _, ...otherDays } = days;
  const left = (isNothing ? others : [...others, row]).map(keep);
  return { ...sales, [month]: left.length === 0 ? otherDays : { ...days, [day]: left } };
}

const known = new WeakMap<MonthSales, DaySales[]>(); // of all that is known: most months do not change any more

/** In the order of days. @param asOf the last day of which anything is known; null for all that is known */
export function daysIn(month: string, days: MonthSales, asOf: string | null): readonly DaySales[] {
  if (asOf !== null) return daysAsOf(month, days, asOf);
  let sold = known.get(days);
  if (sold === undefined) known.set(days, (sold = daysAsOf(month, days, null)));
  return sold;
}

function daysAsOf(month: string, days: MonthSales, asOf: string | null): DaySales[] {
  const sold: DaySales[] = [];
  for (const day of Object.keys(days).sort()) {
    const one = dayAsOf(`${month}-${day}` as Day, days[day]!, asOf); // its keys are days
    if (one !== null) sold.push(one);
  }
  return sold;
}

function dayAsOf(day: Day, kept: readonly Kept[], asOf: string | null): DaySales | null {
  let purchases = 0;
  let [covered, margin, bare]: [Whole, Whole, Whole] = [0, 0, 0];
  let foreign = 0;
  for (const [known, count, withMargin, itsMargin, without, elsewhere] of kept.map(rowOf)) {
    if (asOf !== null && known > asOf) continue;
    purchases += count;
    covered = plus(covered, read(withMargin));
    margin = plus(margin, read(itsMargin));
    bare = plus(bare, read(without));
    foreign += elsewhere;
  }
  return purchases > 0 ? { day, covered, margin, bare, foreign } : null;
}

const allKnown = new WeakMap<Sales, readonly DaySales[]>();

/** In the order of days. */
export function salesAsOf(sales: Sales, asOf: string | null): readonly DaySales[] {
  if (asOf !== null) return inMonths(sales, asOf);
  let days = allKnown.get(sales);
  if (days === undefined) allKnown.set(sales, (days = inMonths(sales, null)));
  return days;
}

const inMonths = (sales: Sales, asOf: string | null): DaySales[] =>
  Object.keys(sales)
    .sort()
    .flatMap((month) => daysIn(month, sales[month]!, asOf)); // its keys are months

/** The first day on which anything was sold, even if it was taken back; null where nothing was. */
export function firstDayOf(sales: Sales): string | null {
  const month = Object.keys(sales).sort()[0];
  const day = month === undefined ? undefined : Object.keys(sales[month]!).sort()[0]; // its own key
  return day === undefined ? null : `${month}-${day}`;
}

const later = new WeakMap<MonthSales, readonly Day[]>();

/** Days on which something came to be so of an earlier day. */
export function laterDays(days: MonthSales): readonly Day[] {
  let found = later.get(days);
  if (found === undefined) {
    const known = Object.values(days).flatMap((rows) => rows.map((row) => rowOf(row)[0]));
    later.set(days, (found = known.filter((at) => at !== '') as Day[])); // all others are days
  }
  return found;
}

export const revenueOf = ({ covered, bare }: DaySales): Whole => plus(covered, bare);
