/**
 * What one customer adds to the figures of the units it belongs to, so that any window of whole months can be
 * summed from them exactly. Days of today never enter: all is keyed by months.
 *
 * A cell's name is `scope|kind|month|lag|code`. Scope `c` holds customers as such, its code `segment|unit`;
 * scope `p` holds customers of one product. What would repeat from month to month is written as its changes:
 * - `here`       +1 in the first month on whose first day the customer is there, −1 in the first when no more
 * - `kept<n>`    the same, for months after which it is there n months later again
 * - `first`      1 in the month of the first occasion or subscription
 * - `covered`, `margin`, `bare`   revenue of purchases with a margin, that margin, and revenue without, by
 *   month of purchase; of lag k for customers who were there k months earlier, written as changes along k
 * - `recurring`  what subscriptions bring k months after a month in which the customer was there, as changes
 *   along both
 * - `foreign`, `foreignRecurring`   purchases, and subscriptions that run, in other currencies: not counted
 */
import { minus, plus, monthFrom, monthOf, type Whole, type Month } from '#kernel';
import {
  keptMonths,
  monthsOf,
  occasionsOf,
  part,
  spellsOf,
  type Ledger,
  type MonthRange,
  type Occasion,
  type Subscription,
} from '#ledger/index.js';
import { LENGTHS, LONGEST } from '../windows.js';
import { CellNames, type Kind } from './cell-names.js';

/** What of the published retention definition the figures depend on. */
export interface FiguresDefinition {
  /** IANA zone in which days and months are counted. */
  readonly zone: string;
  /** Without a purchase for this many days a customer is no longer there. */
  readonly inactivityDays: number;
  readonly currency: string;
}

type Definition = Omit<FiguresDefinition, 'zone'>;

export function contribution(ledger: Ledger, definition: Definition): Record<string, Whole> {
  const cells = Object.create(null) as Record<string, Whole>; // a dictionary from the start, not a shape for each
  const { segment = '', unit = '', customerSince } = ledger;
  const names = new CellNames('c', `${part(segment)}|${part(unit)}`);
  contribute(new Sums(cells, names), ledger, definition, undefined, customerSince);
  for (const product of productsOf(ledger)) {
    contribute(new Sums(cells, new CellNames('p', part(product))), ledger, definition, product, undefined);
  }
  return cells;
}

class Sums {
  constructor(
    private readonly cells: Record<string, Whole>,
    private readonly names: CellNames,
  ) {}

  add(kind: Kind, month: Month, lag: number, amount: Whole): void {
    const name = this.names.of(kind, month, lag);
    this.cells[name] = plus(this.cells[name] ?? 0, amount);
  }

  addRange(kind: Kind, { from, to }: MonthRange): void {
    this.add(kind, from, 0, 1);
    if (to !== null) this.add(kind, to, 0, -1);
  }
}

/** @param since the customer was won on this day or before, where earlier history is missing */
function contribute(
  sums: Sums,
  ledger: Ledger,
  { currency, inactivityDays }: Definition,
  product: string | undefined,
  since: string | undefined,
): void {
  const occasions = occasionsOf(ledger, currency, product);
  const subscriptions = subscriptionsOf(ledger, product);
  const there = monthsOf(spellsOf(occasions, subscriptions, ledger, inactivityDays));
  for (const range of there) sums.addRange('here', range);
  for (const length of LENGTHS) {
    for (const range of keptMonths(there, length)) sums.addRange(`kept${length}`, range);
  }
  const first = firstDayOf(occasions, subscriptions, since);
  if (first !== null) sums.add('first', monthOf(first), 0, 1);
  addSales(sums, occasions, there);
  for (const subscription of subscriptions) addRecurring(sums, subscription, there, currency);
  for (const { retracted, amount, day, lines = [] } of Object.values(ledger.purchases)) {
    if (retracted || amount.currency === currency) continue;
    if (product === undefined || lines.some(([name]) => name === product))
      sums.add('foreign', monthOf(day), 0, 1);
  }
}

function firstDayOf(
  occasions: readonly Occasion[],
  subscriptions: readonly Subscription[],
  since: string | undefined,
): string | null {
  let first: string | null = occasions[0]?.day ?? null;
  for (const { startsOn } of subscriptions) if (first === null || startsOn < first) first = startsOn;
  return first !== null && since !== undefined && since < first ? since : first;
}

/** A subscription that ended before it began was never one. */
const subscriptionsOf = ({ subscriptions }: Ledger, product: string | undefined): Subscription[] =>
  Object.values(subscriptions).filter(
    (one) =>
      (product === undefined || one.product === product) &&
      (one.endsOn === null || one.endsOn > one.startsOn),
  );

function productsOf({ purchases, subscriptions }: Ledger): Set<string> {
  const products = new Set<string>();
  for (const { lines } of Object.values(purchases))
    for (const [product] of lines ?? []) products.add(product);
  for (const { product } of Object.values(subscriptions)) products.add(product);
  return products;
}

/** A purchase of month m counts for every window that began up to eleven months before, if the customer was there then. */
function addSales(sums: Sums, occasions: readonly Occasion[], there: readonly MonthRange[]): void {
  for (const { day, revenue, margin, withoutMargin } of occasions) {
    const month = monthOf(day);
    for (const { from, to } of there) {
      const nearest = to === null ? 0 : Math.max(0, month - to + 1);
      const farthest = Math.min(LONGEST - 1, month - from);
      if (nearest > farthest) continue;
      const add = (kind: Kind, amount: Whole): void => {
        if (amount === 0) return;
        sums.add(kind, month, nearest, amount);
        if (farthest < LONGEST - 1) sums.add(kind, month, farthest + 1, minus(0, amount));
      };
      add('covered', minus(revenue, withoutMargin));
      add('margin', margin ?? 0);
      add('bare', withoutMargin);
    }
  }
}

/**
 * A subscription brings its price in every month on whose first day it runs. Of lag k it counts in the months
 * s in which the customer is there while the price holds in s + k; from k to k + 1 hardly any of that moves.
 */
function addRecurring(
  sums: Sums,
  subscription: Subscription,
  there: readonly MonthRange[],
  currency: string,
): void {
  for (const { from, to, minor } of pricesOf(subscription)) {
    if (subscription.currency !== currency) {
      sums.addRange('foreignRecurring', { from, to: to === Infinity ? null : to });
      continue;
    }
    const change = (at: Month, lag: number, amount: number): void => {
      if (Number.isFinite(at)) sums.add('recurring', at, lag, amount);
    };
    for (const range of there) {
      let [low, high] = [Infinity, Infinity];
      for (let lag = 0; lag < LONGEST; lag++) {
        let nextLow = Math.max(range.from, from - lag);
        let nextHigh = Math.min(range.to ?? Infinity, to - lag);
        if (nextHigh <= nextLow) nextLow = nextHigh = Infinity;
        if (nextLow !== low) {
          change(low, lag, -minor);
          change(nextLow, lag, minor);
        }
        if (nextHigh !== high) {
          change(high, lag, minor);
          change(nextHigh, lag, -minor);
        }
        [low, high] = [nextLow, nextHigh];
      }
    }
  }
}

/** Months `[from, to)` in which a price holds; `to` is Infinity while it does. */
export function* pricesOf({ monthly, endsOn }: Subscription) {
  const end = endsOn === null ? Infinity : monthFrom(endsOn);
  for (const [i, [day, minor]] of monthly.entries()) {
    const next = monthly[i + 1];
    const from = monthFrom(day);
    const to = Math.min(end, next === undefined ? Infinity : monthFrom(next[0]));
    if (to > from) yield { from, to, minor };
  }
}
