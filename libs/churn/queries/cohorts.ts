/**
 * Cohorts by the month, quarter or year of the first purchase occasion, followed by months of age. At each age
 * count those whose month of that age is over: they are the eligible ones, and the rate is of them. A month that
 * still runs is shown where no other is, flagged, and in no average.
 */
import { plus, firstDay, monthName, type Whole, type Month } from '#kernel';
import { retentionRate } from '#statistics/index.js';
import type { CellKind, Cells } from '../cells.js';
import { HISTORY_MISSING } from '../views/cohort.js';
import { answer, openMonth, type Answer, type Figures, type Observation } from './answer.js';

export const COHORT_PERIODS = { month: 1, quarter: 3, year: 12 } as const;
export type CohortPeriod = keyof typeof COHORT_PERIODS;

export interface CohortRow {
  readonly group: string | null;
  /** `1997-03`, `1997-Q1` or `1997`; null for all cohorts of the group together. */
  readonly cohort: string | null;
  /** Customers in the cohort. */
  readonly size: number;
  /** Months after the month of the first occasion. */
  readonly age: number;
  /** Of the cohort, those old enough. */
  readonly eligible: number;
  /** Of the eligible, those who bought in that month. */
  readonly active: number;
  readonly rate: number | null;
  readonly occasions: number;
  /** Minor units. */
  readonly revenue: Whole;
  /** False while the month runs, and while not all of the cohort is old enough. */
  readonly complete: boolean;
}

export const COHORT_KINDS: readonly CellKind[] = ['active', 'more', 'revenue', 'excluded'];

/** @param range cohorts from this month up to but not with that one */
export function cohorts(
  figures: Figures,
  period: CohortPeriod,
  range: { readonly from: Month; readonly to: Month } | null,
  seen: Observation,
): Answer<CohortRow> {
  const open = openMonth(seen);
  const asked = (month: Month): boolean => range === null || (month >= range.from && month < range.to);
  const tables = figures.groups.map(({ group, cells }) => ({ group, months: monthsIn(cells, asked, seen) }));
  const items = tables.flatMap(({ group, months }) => rowsOf(group, months, period, seen));
  const all = monthsIn(figures.all, asked, seen);
  const members = [...all].filter(([cohort]) => cohort !== HISTORY_MISSING);
  const known = members.map(([cohort]) => cohort);
  const start = range?.from ?? Math.min(open, ...known);
  const end = range?.to ?? Math.max(open, ...known.map((cohort) => cohort + 1));
  const missing = missingIn(figures.all);
  return answer(
    figures,
    seen,
    {
      start: firstDay(start),
      end: firstDay(end),
      complete: end <= open,
      n: members.reduce((sum, [cohort, ages]) => sum + sizeOf(cohort, ages), 0),
      excluded: missing > 0 ? { customer_months_of_unknown_cohort: missing } : {},
    },
    items,
  );
}

interface Sums {
  active: number;
  occasions: number;
  revenue: Whole;
}

/** By month of first occasion, by calendar month. */
type Months = ReadonlyMap<Month, ReadonlyMap<Month, Sums>>;

/** Months after the observation are left out. */
function monthsIn(cells: Cells, asked: (cohort: Month) => boolean, seen: Observation): Months {
  const months = new Map<Month, Map<Month, Sums>>();
  const last = lastMonth(seen);
  const add = (kind: CellKind, change: (sums: Sums, amount: Whole) => void): void => {
    for (const [keys, amount] of cells.get(kind) ?? []) {
      const cohort = Number(keys[0]);
      const month = Number(keys[1]);
      if (month > last || cohort === HISTORY_MISSING || !asked(cohort)) continue;
      let ages = months.get(cohort);
      if (ages === undefined) months.set(cohort, (ages = new Map()));
      let sums = ages.get(month);
      if (sums === undefined) ages.set(month, (sums = { active: 0, occasions: 0, revenue: 0 }));
      change(sums, amount);
    }
  };
  add('active', (sums, amount) => {
    sums.active += Number(amount);
    sums.occasions += Number(amount);
  });
  add('more', (sums, amount) => (sums.occasions += Number(amount)));
  add('revenue', (sums, amount) => (sums.revenue = plus(sums.revenue, amount)));
  return months;
}

const missingIn = (cells: Cells): number =>
  (cells.get('active') ?? []).reduce(
    (sum, [[cohort], amount]) => (Number(cohort) === HISTORY_MISSING ? sum + Number(amount) : sum),
    0,
  );

/** In the month of the first occasion everybody was active. */
const sizeOf = (cohort: Month, ages: ReadonlyMap<Month, Sums>): number => ages.get(cohort)?.active ?? 0;

/** Of the month that runs something is known today; of one that ran on a past day, only what it came to. */
const lastMonth = (seen: Observation): Month =>
  seen.asOf === seen.until ? openMonth(seen) : openMonth(seen) - 1;

function rowsOf(group: string | null, months: Months, period: CohortPeriod, seen: Observation): CohortRow[] {
  const cohorts = new Map<string, Month[]>();
  for (const month of [...months.keys()].sort((a, b) => a - b)) {
    const name = cohortName(month, period);
    cohorts.set(name, [...(cohorts.get(name) ?? []), month]);
  }
  const rows = [...cohorts].flatMap(([cohort, members]) => ageRows(group, cohort, members, months, seen));
  return [...rows, ...averages(rows)];
}

function cohortName(month: Month, period: CohortPeriod): string {
  const year = monthName(month).slice(0, 4);
  if (period === 'year') return year;
  return period === 'month' ? monthName(month) : `${year}-Q${Math.floor((month % 12) / 3) + 1}`;
}

function ageRows(
  group: string | null,
  cohort: string,
  members: readonly Month[],
  months: Months,
  seen: Observation,
): CohortRow[] {
  const sizes = members.map((month) => sizeOf(month, months.get(month)!)); // members are keys of it
  const open = openMonth(seen);
  const size = sizes.reduce((sum, one) => sum + one, 0);
  const rows: CohortRow[] = [];
  for (let age = 0; members[0]! + age <= lastMonth(seen); age++) {
    const over = members.filter((month) => month + age < open);
    const running = members.filter((month) => month + age === open);
    const counted = over.length > 0 ? over : running;
    const eligible = members.reduce((sum, month, i) => (counted.includes(month) ? sum + sizes[i]! : sum), 0); // one a member
    const sums: Sums = { active: 0, occasions: 0, revenue: 0 };
    for (const month of counted) {
      const there = months.get(month)?.get(month + age);
      sums.active += there?.active ?? 0;
      sums.occasions += there?.occasions ?? 0;
      sums.revenue = plus(sums.revenue, there?.revenue ?? 0);
    }
    const complete = over.length === members.length;
    rows.push({
      group, cohort, size, age, eligible, ...sums, rate: retentionRate(sums.active, eligible), complete,
    }); // prettier-ignore
  }
  return rows;
}

/** All cohorts of a group together, by age; of complete rows only. */
function averages(rows: readonly CohortRow[]): CohortRow[] {
  const ages = new Map<number, CohortRow>();
  for (const row of rows) {
    if (!row.complete) continue;
    const sum = ages.get(row.age);
    const eligible = row.eligible + (sum?.eligible ?? 0);
    const active = row.active + (sum?.active ?? 0);
    ages.set(row.age, {
      ...row,
      cohort: null,
      size: row.size + (sum?.size ?? 0),
      eligible,
      active,
      rate: retentionRate(active, eligible),
      occasions: row.occasions + (sum?.occasions ?? 0),
      revenue: plus(row.revenue, sum?.revenue ?? 0),
    });
  }
  return [...ages.values()].sort((a, b) => a.age - b.age);
}
