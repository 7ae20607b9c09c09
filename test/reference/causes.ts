/**
 * Losses of a window and why they came about: one primary cause each, unknown shown, by count and by value, with cumulative
 * shares, controllable or not (analytics.md, "Retention and churn").
 *
 * A loss is a declared defection, or the end of a contract of a customer that has not left already.
 */
import { ratio, sum } from './amounts.js';
import { answer, type Answer } from './answer.js';
import { dayBefore, earlier, within, dayAfter, type Day, type Window } from './calendar.js';
import { yearlyPriceOn } from './contracts.js';
import { withdrawn } from './defections.js';
import { compare, type Money } from './events.js';
import { inOtherCurrencies, worthAYear } from './money.js';
import { away, type Customer } from './presence.js';
import { groupsOf, membersOf, type Grouping, type World } from './world.js';

export interface CauseRow {
  readonly group: string | null;
  readonly cause: string;
  readonly count: number;
  /** In minor units a year. */
  readonly value: number;
  readonly shareOfCount: number | null;
  readonly shareOfValue: number | null;
  readonly cumulativeOfCount: number | null;
  readonly cumulativeOfValue: number | null;
  readonly controllable: number;
  readonly uncontrollable: number;
  readonly undetermined: number;
}

interface Loss {
  readonly customerId: string;
  readonly on: Day;
  readonly cause: string;
  readonly controllable: boolean | null;
  readonly value: Money;
}

export const UNKNOWN = 'unknown';

export function causes(
  world: World,
  window: Window,
  grouping: Grouping = { by: null },
  order: 'value' | 'number' = 'value',
): Answer<CauseRow> {
  const { asOf, definition } = world;
  // A loss after the day is announced, and has not happened.
  const counted = { start: window.start, end: earlier(window.end, dayAfter(asOf)) };
  const losses = membersOf(world, grouping).flatMap(({ customer, groupsOn }) =>
    lossesOf(customer, definition.currency)
      .filter(({ on }) => within(on, counted))
      .flatMap((loss) => groupsOn(loss.on).map((group) => ({ ...loss, group }))),
  );
  const foreign = losses.filter(({ value }) => value.currency !== definition.currency);
  const groups = groupsOf(
    grouping.by,
    losses.map(({ group }) => group),
  );
  return answer(world, grouping, {
    window,
    at: 'event',
    n: new Set(losses.map(({ customerId }) => customerId)).size,
    excluded: {
      ...inOtherCurrencies(world.customers, window, { ...definition, asOf }),
      values_in_other_currencies: foreign.length,
    },
    items: groups.flatMap((group) =>
      rowsOf(
        group,
        losses.filter((loss) => loss.group === group),
        definition.currency,
        order,
      ),
    ),
  });
}

function lossesOf(customer: Customer, currency: string): Loss[] {
  const { customerId } = customer;
  const declared = customer.defections
    .filter((defection) => !withdrawn(defection))
    .map(({ effectiveOn, cause, controllable, yearlyValue }) => ({
      customerId,
      on: effectiveOn,
      cause,
      controllable,
      value: yearlyValue ?? { minor: worthAYear(customer, dayBefore(effectiveOn), currency), currency },
    }));
  const ended = customer.contracts.flatMap((contract) => {
    const { cancelled, startsOn } = contract;
    // A contract that ends before it begins was never in force; one of a customer that has left ends nothing more.
    if (cancelled === null || cancelled.endsOn <= startsOn || away(customer, cancelled.endsOn)) return [];
    return [
      {
        customerId,
        on: cancelled.endsOn,
        cause: cancelled.reason ?? UNKNOWN,
        controllable: null,
        value: yearlyPriceOn(contract, dayBefore(cancelled.endsOn)),
      },
    ];
  });
  return [...declared, ...ended];
}

function rowsOf(
  group: string | null,
  losses: readonly Loss[],
  currency: string,
  order: 'value' | 'number',
): CauseRow[] {
  const valueOf = (of: readonly Loss[]) =>
    sum(of.filter(({ value }) => value.currency === currency).map(({ value }) => value.minor));
  const [allCount, allValue] = [losses.length, valueOf(losses)];
  const table = [...new Set(losses.map(({ cause }) => cause))]
    .map((cause) => {
      const own = losses.filter((loss) => loss.cause === cause);
      return { cause, own, count: own.length, value: valueOf(own) };
    })
    .sort((a, b) => {
      const larger = order === 'value' ? b.value - a.value : b.count - a.count;
      return larger || compare(a.cause, b.cause);
    });
  return table.map(({ cause, own, count, value }, place) => {
    const soFar = table.slice(0, place + 1);
    return {
      group,
      cause,
      count,
      value,
      shareOfCount: ratio(count, allCount),
      shareOfValue: ratio(value, allValue),
      cumulativeOfCount: ratio(sum(soFar.map((row) => row.count)), allCount),
      cumulativeOfValue: ratio(sum(soFar.map((row) => row.value)), allValue),
      controllable: own.filter(({ controllable }) => controllable === true).length,
      uncontrollable: own.filter(({ controllable }) => controllable === false).length,
      undetermined: own.filter(({ controllable }) => controllable === null).length,
    };
  });
}
