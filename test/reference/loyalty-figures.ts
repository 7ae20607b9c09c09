/** The figures of a unit in a window: prospects, customers, spend, margin. Amounts are in minor units. */
import { portion, sum } from './amounts.js';
import { dayBefore, earlier, monthsIn, plusMonths, within, type Window } from './calendar.js';
import { eveOf } from './facts.js';
import { recurringOn } from './money.js';
import type { Customer } from './presence.js';
import type { World } from './world.js';

export interface UnitFigures {
  /** P: addressed by acquisition spend. */
  readonly prospects: number;
  /** N: there at the start. */
  readonly customers: number;
  readonly retained: number;
  /** There in the window for the first time. */
  readonly acquired: number;
  readonly acquisitionSpend: number;
  readonly retentionSpend: number;
  /** Of the customers at the start: their purchases, and a twelfth of their yearly prices at the end of each month. */
  readonly revenue: number;
  /** As recorded with purchases. */
  readonly recordedMargin: number;
  /** Where none was recorded, by the policy's rate. */
  readonly assumedMargin: number;
  readonly margin: number;
}

export interface UnitSpend {
  readonly code: string;
  readonly purpose: 'acquisition' | 'retention';
  readonly minor: number;
  readonly addressed: number;
}

/** Spend in the definition's currency in a window, by the dimension that it names; all of it for the organisation. */
export const spendOf = (
  { spend, definition }: World,
  window: Window,
  by: 'unit' | 'segment' | 'product' | null,
): UnitSpend[] =>
  spend.flatMap((one) => {
    const code = by === null ? 'all' : one[by];
    if (code === null || !within(one.spentOn, window) || one.amount.currency !== definition.currency)
      return [];
    return [{ code, purpose: one.purpose, minor: one.amount.minor, addressed: one.addressed }];
  });

export function figuresOf(
  { asOf, definition: { currency } }: World,
  window: Window,
  customers: readonly Customer[],
  spend: readonly UnitSpend[],
  marginRate: number,
): UnitFigures {
  const [eve, last] = [eveOf(window.start), earlier(dayBefore(window.end), asOf)];
  const s = customers.filter(({ there }) => there.has(eve));
  const bought = s.flatMap(({ purchases }) =>
    purchases.filter(({ day, currency: own }) => within(day, window) && own === currency),
  );
  const monthEnds = Array.from({ length: monthsIn(window) }, (_, month) =>
    dayBefore(plusMonths(window.start, month + 1)),
  );
  const yearly = sum(s.flatMap((customer) => monthEnds.map((day) => recurringOn(customer, day, currency))));
  const recurring = portion(yearly, 1, 12);
  const recordedMargin = sum(bought.map(({ margin }) => margin ?? 0));
  const withoutMargin = sum(bought.filter(({ margin }) => margin === null).map(({ net }) => net)) + recurring;
  const assumedMargin = Math.round(withoutMargin * marginRate);
  const spentOn = (purpose: UnitSpend['purpose']) =>
    sum(spend.filter((one) => one.purpose === purpose).map(({ minor }) => minor));
  return {
    prospects: sum(spend.map(({ addressed }) => addressed)),
    customers: s.length,
    retained: s.filter(({ there }) => there.has(last)).length,
    acquired: customers.filter(({ cameOn }) => cameOn !== null && within(cameOn, window)).length,
    acquisitionSpend: spentOn('acquisition'),
    retentionSpend: spentOn('retention'),
    revenue: sum(bought.map(({ net }) => net)) + recurring,
    recordedMargin,
    assumedMargin,
    margin: recordedMargin + assumedMargin,
  };
}
