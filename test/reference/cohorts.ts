/**
 * Cohorts by the calendar period of the first occasion (analytics.md, "Retention and churn"): for every month of age how many
 * customers bought again, and what.
 *
 * Age is counted in calendar months from a customer's own first one, which is age 0. Rows without a cohort sum the complete
 * ones of all cohorts, so that an unfinished one is averaged with nothing (growth.md G23).
 */
import { ratio, sum } from './amounts.js';
import { answer, type Answer } from './answer.js';
import {
  dayAfter,
  labelOf,
  periodOf,
  plusMonths,
  within,
  type Day,
  type Period,
  type Window,
} from './calendar.js';
import { byName } from './events.js';
import { inOtherCurrencies, revenueIn } from './money.js';
import type { Customer } from './presence.js';
import { occasionsOf } from './purchases.js';
import { groupsOf, membersOf, type Grouping, type World } from './world.js';

export interface CohortRow {
  readonly group: string | null;
  /** Its label; null for all complete rows of that age together. */
  readonly cohort: string | null;
  readonly size: number;
  readonly age: number;
  /** Customers whose month of that age has begun. */
  readonly eligible: number;
  /** With an occasion in that month. */
  readonly active: number;
  readonly rate: number | null;
  readonly occasions: number;
  readonly revenue: number;
  /** The month of that age is over for every customer of the cohort. */
  readonly complete: boolean;
}

interface Counted {
  readonly customer: Customer;
  readonly group: string | null;
  readonly first: Day;
}

/** @param period its cohorts are those of customers whose first occasion is in the window */
export function cohorts(
  world: World,
  window: Window,
  grouping: Grouping = { by: null },
  period: Exclude<Period, 'week'> = 'month',
): Answer<CohortRow> {
  const counted = membersOf(world, grouping).flatMap(({ customer, groupsOn }) => {
    const first = occasionsOf(customer.purchases)[0];
    if (first === undefined || !within(first, window)) return [];
    return groupsOn(first).map((group) => ({ customer, group, first }));
  });
  const groups = groupsOf(
    grouping.by,
    counted.map(({ group }) => group),
  );
  return answer(world, grouping, {
    window,
    at: 'first_occasion',
    n: new Set(counted.map(({ customer }) => customer.customerId)).size,
    excluded: inOtherCurrencies(world.customers, window, { ...world.definition, asOf: world.asOf }),
    items: groups.flatMap((group) => {
      const rows = rowsOf(
        group,
        counted.filter((one) => one.group === group),
        world,
        period,
      );
      return [...rows, ...together(group, rows)];
    }),
  });
}

function rowsOf(
  group: string | null,
  counted: readonly Counted[],
  { asOf, definition }: World,
  period: Period,
): CohortRow[] {
  const starts = [...new Set(counted.map(({ first }) => periodOf(first, period)))].sort();
  return starts.flatMap((start) => {
    const cohort = counted.filter(({ first }) => periodOf(first, period) === start);
    const rows: CohortRow[] = [];
    for (let age = 0; ; age++) {
      const months = cohort.map(({ customer, first }) => ({ customer, month: monthOfAge(first, age) }));
      const begun = months.filter(({ month }) => month.start <= asOf);
      if (begun.length === 0) return rows;
      const occasions = begun.map(
        ({ customer, month }) => occasionsOf(customer.purchases).filter((day) => within(day, month)).length,
      );
      const active = occasions.filter((number) => number > 0).length;
      rows.push({
        group,
        cohort: labelOf(start, period),
        size: cohort.length,
        age,
        eligible: begun.length,
        active,
        rate: ratio(active, begun.length),
        occasions: sum(occasions),
        revenue: sum(begun.map(({ customer, month }) => revenueIn(customer, month, definition.currency))),
        complete:
          months.every(({ month }) => month.end <= dayAfter(asOf)) && periodIsOver(start, period, asOf),
      });
    }
  });
}

function monthOfAge(first: Day, age: number): Window {
  const start = plusMonths(periodOf(first, 'month'), age);
  return { start, end: plusMonths(start, 1) };
}

/** As long as the period of a cohort runs, more customers may join it. */
const periodIsOver = (start: Day, period: Period, asOf: Day): boolean =>
  periodOf(dayAfter(asOf), period) > start;

function together(group: string | null, rows: readonly CohortRow[]): CohortRow[] {
  const complete = rows.filter((row) => row.complete);
  const ages = [...new Set(complete.map(({ age }) => age))].sort((a, b) => a - b);
  return ages.map((age) => {
    const own = complete.filter((row) => row.age === age).sort((a, b) => byName(a.cohort, b.cohort));
    const of = (field: 'size' | 'eligible' | 'active' | 'occasions' | 'revenue') =>
      sum(own.map((row) => row[field]));
    return {
      group,
      cohort: null,
      size: of('size'),
      age,
      eligible: of('eligible'),
      active: of('active'),
      rate: ratio(of('active'), of('eligible')),
      occasions: of('occasions'),
      revenue: of('revenue'),
      complete: true,
    };
  });
}
