/** Purchase occasions and the stretches of time in which a customer is there. */
import { plus, portion, addDays, monthFrom, type Day, type Whole, type Month } from '#kernel';
import type { Defection, Ledger, Purchase, Subscription } from './ledger.js';

/**
 * One customer, one calendar day, with something bought that was not wholly given back. What was free counts: on
 * the published CDNOW data a day without a dollar is one of its 67,591 occasions.
 */
export interface Occasion {
  readonly day: Day;
  /** Minor units in the reporting currency. */
  readonly revenue: Whole;
  /** Minor units; null when no purchase of the day says its margin. */
  readonly margin: Whole | null;
  /** The part of the revenue that came from purchases without a margin of their own. */
  readonly withoutMargin: Whole;
}

/** In the order of days. With a product: that product's lines only. Purchases in other currencies are left out. */
export function occasionsOf(ledger: Ledger, currency: string, product?: string): Occasion[] {
  const days = new Map<Day, { revenue: Whole; margin: Whole | null; withoutMargin: Whole }>();
  for (const purchase of Object.values(ledger.purchases)) {
    if (isTakenBack(purchase) || purchase.amount.currency !== currency) continue;
    const revenue = netRevenue(purchase, product);
    if (revenue === null) continue;
    const day = days.get(purchase.day) ?? { revenue: 0, margin: null, withoutMargin: 0 };
    day.revenue = plus(day.revenue, revenue);
    if (!purchase.margin) day.withoutMargin = plus(day.withoutMargin, revenue);
    else day.margin = plus(day.margin ?? 0, shareOf(purchase, purchase.margin.minor, revenue));
    days.set(purchase.day, day);
  }
  return [...days].map(([day, sums]) => ({ day, ...sums })).sort((a, b) => (a.day < b.day ? -1 : 1));
}

/** In whatever currency; null for who never bought, or gave everything back. */
export function lastOccasionOn({ purchases }: Pick<Ledger, 'purchases'>): Day | null {
  let last: Day | null = null;
  for (const purchase of Object.values(purchases))
    if (!isTakenBack(purchase) && (last === null || purchase.day > last)) last = purchase.day;
  return last;
}

/** Retracted, or refunded to the last unit. */
const isTakenBack = ({ amount, refunded, retracted }: Purchase): boolean =>
  retracted === true || (amount.minor > 0 && refunded >= amount.minor);

/** Purchases that are not counted because they are in another currency. */
export const foreignPurchases = (ledger: Ledger, currency: string): number =>
  Object.values(ledger.purchases).filter(
    ({ retracted, amount }) => !retracted && amount.currency !== currency,
  ).length;

/** A refund takes from every product in proportion. */
function netRevenue(purchase: Purchase, product: string | undefined): Whole | null {
  const { amount, refunded, lines = [] } = purchase;
  if (product === undefined) return amount.minor - refunded;
  const mine = lines.filter(([name]) => name === product);
  if (mine.length === 0) return null;
  const gross = mine.reduce<Whole>((sum, [, minor]) => plus(sum, minor), 0);
  return amount.minor === 0 ? 0 : portion(gross, amount.minor - refunded, amount.minor);
}

/** The part of a purchase's margin that goes with a part of its revenue. */
const shareOf = ({ amount }: Purchase, margin: number, revenue: Whole): Whole =>
  amount.minor === 0 ? 0 : portion(margin, revenue, amount.minor);

/** A half-open stretch of days `[from, to)` in which the customer is there; `to` is null while a contract runs. */
export interface Spell {
  readonly from: string;
  readonly to: string | null;
}

/**
 * Where the customer is there: while a subscription runs, and for `inactivityDays` from each purchase
 * occasion. A declared defection ends presence on its day, until a later occasion or the return.
 * Disjoint and in order.
 */
export function spellsOf(
  occasions: readonly Pick<Occasion, 'day'>[],
  subscriptions: readonly Subscription[],
  ledger: Pick<Ledger, 'defections'>,
  inactivityDays: number,
): Spell[] {
  const raw: Spell[] = [
    ...occasions.map(({ day }) => ({ from: day as string, to: addDays(day, inactivityDays) as string })),
    ...subscriptions
      .filter(({ startsOn, endsOn }) => endsOn === null || endsOn > startsOn)
      .map(({ startsOn, endsOn }) => ({ from: startsOn, to: endsOn })),
  ];
  const defections = Object.values(ledger.defections);
  if (defections.length === 0) return union(raw);
  defections.sort((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : 1));
  return union(raw.flatMap((spell) => cut(spell, defections)));
}

/** A defection after the stretch began interrupts it until the return. */
function cut(spell: Spell, defections: readonly Defection[]): Spell[] {
  const parts: Spell[] = [];
  let { from } = spell;
  for (const { effectiveOn, wonBackOn } of defections) {
    if (effectiveOn <= from || (spell.to !== null && effectiveOn >= spell.to)) continue;
    parts.push({ from, to: effectiveOn });
    if (wonBackOn === undefined || (spell.to !== null && wonBackOn >= spell.to)) return parts;
    from = wonBackOn;
  }
  return [...parts, { from, to: spell.to }];
}

function union(spells: Spell[]): Spell[] {
  const joined: Spell[] = [];
  for (const spell of spells.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
    const last = joined.at(-1);
    if (last === undefined || (last.to !== null && spell.from > last.to)) joined.push(spell);
    else if (last.to !== null && (spell.to === null || spell.to > last.to))
      joined[joined.length - 1] = { from: last.from, to: spell.to };
  }
  return joined;
}

/** Months `[from, to)` on whose first day the customer is there; `to` is null for ever. */
export interface MonthRange {
  readonly from: Month;
  readonly to: Month | null;
}

export const monthsOf = (spells: readonly Spell[]): MonthRange[] =>
  spells
    .map(({ from, to }) => ({ from: monthFrom(from), to: to === null ? null : monthFrom(to) }))
    .filter(({ from, to }) => to === null || to > from);

/** Months in which the customer is there, and is there again `lag` months later. */
export function keptMonths(months: readonly MonthRange[], lag: number): MonthRange[] {
  const kept: MonthRange[] = [];
  for (const a of months) {
    for (const b of months) {
      const from = Math.max(a.from, b.from - lag);
      const to =
        a.to === null
          ? b.to === null
            ? null
            : b.to - lag
          : b.to === null
            ? a.to
            : Math.min(a.to, b.to - lag);
      if (to === null || to > from) kept.push({ from, to });
    }
  }
  return kept.sort((a, b) => a.from - b.from);
}
