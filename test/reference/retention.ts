/**
 * Retention and churn of a window (analytics.md, "Retention and churn").
 *
 * S are the customers that are there at the last instant before the window starts, E those at the last instant before it
 * ends. CRR = |S ∩ E| / |S|; logo churn = |S \ E| / |S|. Gross revenue retention = Σ min(open, close) / Σ open over S, net
 * adds what the same customers pay more.
 */
import { monthly, ratio, sum } from './amounts.js';
import { answer, isComplete, type Answer } from './answer.js';
import { daysFrom, dayBefore, earlier, monthsIn, plusMonths, type Day, type Window } from './calendar.js';
import { eveOf } from './facts.js';
import { inOtherCurrencies, recurringOn, revenueIn } from './money.js';
import type { Customer } from './presence.js';
import { groupsOf, membersOf, type Grouping, type Member, type World } from './world.js';

export interface RetentionRow {
  readonly group: string | null;
  readonly start: Day;
  readonly end: Day;
  readonly complete: boolean;
  readonly customersAtStart: number;
  readonly customersAtEnd: number;
  readonly kept: number;
  readonly lost: number;
  /** There at the end and never before the window. */
  readonly new: number;
  /** There at the end and not at the start, though on some day before it. */
  readonly returning: number;
  /** There on some day of the window, but neither at its start nor at its end (domain.md D16). */
  readonly cameAndLeft: number;
  readonly retentionRate: number | null;
  readonly churnRate: number | null;
  /** A month's price of contracts: at the start against at the end. */
  readonly recurring: RevenueKept;
  /** Purchases: in the window of the same length before against in this one. */
  readonly transactional: RevenueKept;
}

export interface RevenueKept {
  readonly open: number;
  readonly lost: number;
  readonly grown: number;
  readonly gross: number | null;
  readonly net: number | null;
}

export function retention(
  world: World,
  windows: readonly Window[],
  grouping: Grouping = { by: null },
): Answer<RetentionRow> {
  const members = membersOf(world, grouping);
  // A window that has not begun by the end of the day says nothing yet.
  const begun = windows.filter(({ start }) => start <= world.asOf);
  const span = spanOf(windows);
  return answer(world, grouping, {
    window: span,
    at: 'start_of_window',
    n: world.customers.filter(({ cameOn }) => cameOn !== null && cameOn < span.end).length,
    excluded: inOtherCurrencies(world.customers, span, { ...world.definition, asOf: world.asOf }),
    items: begun.flatMap((window) => rowsOf(world, window, members, grouping)),
  });
}

const spanOf = (windows: readonly Window[]): Window => ({
  start: windows.map(({ start }) => start).sort()[0]!, // there is a window, or nothing is asked
  end: windows
    .map(({ end }) => end)
    .sort()
    .at(-1)!,
});

function rowsOf(world: World, window: Window, members: readonly Member[], { by }: Grouping): RetentionRow[] {
  const eve = eveOf(window.start);
  const days = daysFrom(window.start, earlier(dayBefore(window.end), world.asOf));
  const concerned = members.flatMap((member) => {
    // A customer that was there at the start counts where it belonged then; another one where it belonged when it came.
    const counted = [eve, ...days].find((day) => member.customer.there.has(day));
    return counted === undefined
      ? []
      : member.groupsOn(counted).map((group) => ({ customer: member.customer, group }));
  });
  return groupsOf(
    by,
    concerned.map(({ group }) => group),
  ).map((group) =>
    rowOf(
      world,
      window,
      group,
      concerned.filter((one) => by === null || one.group === group).map(({ customer }) => customer),
    ),
  );
}

export function rowOf(
  { asOf, definition: { currency } }: World,
  window: Window,
  group: string | null,
  customers: readonly Customer[],
): RetentionRow {
  const eve = eveOf(window.start);
  const last = earlier(dayBefore(window.end), asOf);
  const s = customers.filter(({ there }) => there.has(eve));
  const e = customers.filter(({ there }) => there.has(last));
  const kept = s.filter((customer) => e.includes(customer));
  const came = e.filter((customer) => !s.includes(customer));
  const before = { start: plusMonths(window.start, -monthsIn(window)), end: window.start };
  return {
    group,
    ...window,
    complete: isComplete(window, asOf),
    customersAtStart: s.length,
    customersAtEnd: e.length,
    kept: kept.length,
    lost: s.length - kept.length,
    new: came.filter(({ cameOn }) => cameOn !== null && cameOn >= window.start).length,
    returning: came.filter(({ cameOn }) => cameOn !== null && cameOn < window.start).length,
    cameAndLeft: customers.filter(
      ({ there }) =>
        !there.has(eve) && !there.has(last) && daysFrom(window.start, last).some((day) => there.has(day)),
    ).length,
    retentionRate: ratio(kept.length, s.length),
    churnRate: ratio(s.length - kept.length, s.length),
    recurring: revenueKept(
      s.map((customer) => [recurringOn(customer, eve, currency), recurringOn(customer, last, currency)]),
      monthly,
    ),
    transactional: revenueKept(
      s.map((customer) => [revenueIn(customer, before, currency), revenueIn(customer, window, currency)]),
      (amount) => amount,
    ),
  };
}

/** @param pairs of each customer at the start: what it paid then, and what it pays at the end */
function revenueKept(
  pairs: readonly (readonly [open: number, close: number])[],
  shown: (amount: number) => number,
): RevenueKept {
  const paying = pairs.filter(([open]) => open > 0);
  const open = sum(paying.map(([before]) => before));
  const lost = sum(paying.map(([before, after]) => Math.max(0, before - after)));
  const grown = sum(paying.map(([before, after]) => Math.max(0, after - before)));
  return {
    open: shown(open),
    lost: shown(lost),
    grown: shown(grown),
    gross: ratio(open - lost, open),
    net: ratio(open - lost + grown, open),
  };
}
