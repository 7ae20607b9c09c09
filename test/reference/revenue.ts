/** Purchases of calendar periods, by what each belonged to on the day of the purchase. */
import { sum } from './amounts.js';
import { answer, isComplete, type Answer } from './answer.js';
import { labelOf, periodAfter, periodOf, within, type Period, type Window } from './calendar.js';
import { inOtherCurrencies } from './money.js';
import { groupsOf, membersOf, type Grouping, type World } from './world.js';

export interface RevenueRow {
  readonly group: string | null;
  readonly period: string;
  readonly complete: boolean;
  /** With an occasion in the period. */
  readonly customers: number;
  /** One customer on one day (analytics.md, "Who counts, and when"). */
  readonly occasions: number;
  /** In minor units of the definition's currency, less what was taken back, on the day of the purchase. */
  readonly revenue: number;
}

export function revenue(
  world: World,
  window: Window,
  grouping: Grouping = { by: null },
  period: Period = 'month',
): Answer<RevenueRow> {
  const { asOf, definition } = world;
  const bought = membersOf(world, grouping).flatMap(({ customer, groupsOn }) =>
    customer.purchases
      .filter(({ day }) => within(day, window))
      .flatMap((purchase) =>
        groupsOn(purchase.day).map((group) => ({ customerId: customer.customerId, purchase, group })),
      ),
  );
  const groups = groupsOf(
    grouping.by,
    bought.map(({ group }) => group),
  );
  return answer(world, grouping, {
    window,
    at: 'event',
    n: new Set(bought.map(({ customerId }) => customerId)).size,
    excluded: inOtherCurrencies(world.customers, window, { ...definition, asOf }),
    items: groups.flatMap((group) =>
      periodsOf(window, period)
        .filter(({ start }) => start <= asOf)
        .map((part) => {
          const own = bought.filter((one) => one.group === group && within(one.purchase.day, part));
          return {
            group,
            period: labelOf(part.start, period),
            complete: isComplete(part, asOf),
            customers: new Set(own.map(({ customerId }) => customerId)).size,
            occasions: new Set(own.map(({ customerId, purchase }) => `${customerId} ${purchase.day}`)).size,
            revenue: sum(
              own
                .filter(({ purchase }) => purchase.currency === definition.currency)
                .map(({ purchase }) => purchase.net),
            ),
          };
        }),
    ),
  });
}

function periodsOf({ start, end }: Window, period: Period): Window[] {
  const periods: Window[] = [];
  for (let first = periodOf(start, period); first < end; first = periodAfter(first, period))
    periods.push({ start: first, end: periodAfter(first, period) });
  return periods;
}
