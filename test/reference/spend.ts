/** Spend on customers: sums by month, purpose and dimension, in the currency in which it was spent. */
import { sum } from './amounts.js';
import { answer, isComplete, type Answer } from './answer.js';
import { periodAfter, periodOf, within, type Day, type Window } from './calendar.js';
import { byName, type Purpose } from './events.js';
import type { Spend } from './facts.js';
import type { World } from './world.js';

export type SpendBy = 'unit' | 'segment' | 'product';

export interface SpendRow {
  readonly group: string | null;
  /** First day of the month. */
  readonly month: Day;
  readonly purpose: Purpose;
  readonly currency: string;
  readonly amount: number;
  readonly addressed: number;
  readonly records: number;
  readonly complete: boolean;
}

/** Spend that does not name the dimension is in none of its rows, and is counted as left out. */
export function spending(world: World, window: Window, by: SpendBy | null = null): Answer<SpendRow> {
  const inWindow = world.spend.filter(({ spentOn }) => within(spentOn, window));
  const named = inWindow.filter((spend) => by === null || spend[by] !== null);
  const keyOf = (spend: Spend) =>
    [
      by === null ? '' : spend[by],
      periodOf(spend.spentOn, 'month'),
      spend.purpose,
      spend.amount.currency,
    ].join(' ');
  const items = [...new Set(named.map(keyOf))].map((key) => {
    const own = named.filter((spend) => keyOf(spend) === key);
    const { purpose, spentOn, amount, ...dimensions } = own[0]!; // a key has at least one
    const month = periodOf(spentOn, 'month');
    return {
      group: by === null ? null : dimensions[by],
      month,
      purpose,
      currency: amount.currency,
      amount: sum(own.map((spend) => spend.amount.minor)),
      addressed: sum(own.map(({ addressed }) => addressed)),
      records: own.length,
      complete: isComplete({ start: month, end: periodAfter(month, 'month') }, world.asOf),
    };
  });
  return answer(
    world,
    { by },
    {
      window,
      at: 'event',
      n: named.length,
      excluded: { spend_without_dimension: inWindow.length - named.length },
      items: items.sort(
        (a, b) =>
          byName(a.group, b.group) ||
          byName(a.month, b.month) ||
          byName(a.purpose, b.purpose) ||
          byName(a.currency, b.currency),
      ),
    },
  );
}
