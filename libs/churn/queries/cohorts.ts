/**
 * Cohorts by the month, quarter or year of the first purchase occasion, followed by months of age: those of each customer's
 * own first month. At each age count those whose month of that age has begun: they are the eligible ones, and the rate is of
 * them. A month that still runs is shown, flagged, and in no average.
 */
import { firstDay, minus, monthName, monthOf, plus, type Month, type Whole } from '#kernel';
import { HISTORY_MISSING, type CellKind, type Cells, type Figures } from '#ledger/index.js';
import { retentionRate } from '#statistics/index.js';
import { answer, dayRead, EXCLUDED_KINDS, openMonth, type Answer, type Observation } from './answer.js';

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

/** @param seen of a past day, the month of that day is counted by days */
export const cohortKinds = (seen: Observation): readonly CellKind[] => [
  'active',
  'more',
  'revenue',
  ...(dayRead(seen) === null ? [] : (['dayActive', 'dayMore', 'dayRevenue'] as const)),
  ...EXCLUDED_KINDS,
];

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
      grouped: 'first_occasion',
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

/** Months after the observation are left out, and of its own month the days after it. */
function monthsIn(cells: Cells, asked: (cohort: Month) => boolean, seen: Observation): Months {
  const months = new Map<Month, Map<Month, Sums>>();
  const last = monthOf(seen.asOf);
  const sumsOf = (cohort: Month, month: Month): Sums | null => {
    if (month > last || cohort === HISTORY_MISSING || !asked(cohort)) return null;
    let ages = months.get(cohort);
    if (ages === undefined) months.set(cohort, (ages = new Map()));
    let sums = ages.get(month);
    if (sums === undefined) ages.set(month, (sums = { active: 0, occasions: 0, revenue: 0 }));
    return sums;
  };
  const change = (kind: Kind, sums: Sums | null, amount: Whole, by: typeof plus): void => {
    if (sums === null) return;
    if (kind === 'revenue') sums.revenue = by(sums.revenue, amount);
    else sums.occasions = Number(by(sums.occasions, amount));
    if (kind === 'active') sums.active = Number(by(sums.active, amount));
  };
  for (const kind of ['active', 'more', 'revenue'] as const)
    for (const [keys, amount] of cells.get(kind) ?? [])
      change(kind, sumsOf(Number(keys[0]), Number(keys[1])), amount, plus);
  const until = dayRead(seen)?.slice(8);
  if (until === undefined) return months;
  for (const [kind, byDay] of BY_DAY)
    for (const [[month, day = '', cohort], amount] of cells.get(byDay) ?? [])
      if (Number(month) === last && day > until) change(kind, sumsOf(Number(cohort), last), amount, minus);
  for (const [cohort, ages] of months) if (sizeOf(cohort, ages) === 0) months.delete(cohort); // nobody had come by then
  return months;
}

type Kind = 'active' | 'more' | 'revenue';

const BY_DAY = [
  ['active', 'dayActive'],
  ['more', 'dayMore'],
  ['revenue', 'dayRevenue'],
] as const;

const missingIn = (cells: Cells): number =>
  (cells.get('active') ?? []).reduce(
    (sum, [[cohort], amount]) => (Number(cohort) === HISTORY_MISSING ? sum + Number(amount) : sum),
    0,
  );

/** In the month of the first occasion everybody was active. */
const sizeOf = (cohort: Month, ages: ReadonlyMap<Month, Sums>): number => ages.get(cohort)?.active ?? 0;

function rowsOf(group: string | null, months: Months, period: CohortPeriod, seen: Observation): CohortRow[] {
  const cohorts = new Map<string, Month[]>();
  for (const month of [...months.keys()].sort((a, b) => a - b)) {
    const name = cohortName(month, period);
    cohorts.set(name, [...(cohorts.get(name) ?? []), month]);
  }
  const rows = [...cohorts].flatMap(([cohort, members]) =>
    ageRows(group, cohort, members, months, period, seen),
  );
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
  period: CohortPeriod,
  seen: Observation,
): CohortRow[] {
  const sizes = members.map((month) => sizeOf(month, months.get(month)!)); // members are keys of it
  const open = openMonth(seen);
  const size = sizes.reduce((sum, one) => sum + one, 0);
  const rows: CohortRow[] = [];
  const last = monthOf(seen.asOf);
  for (let age = 0; members[0]! + age <= last; age++) {
    const counted = members.filter((month) => month + age <= last);
    const over = members.filter((month) => month + age < open);
    const eligible = members.reduce((sum, month, i) => (counted.includes(month) ? sum + sizes[i]! : sum), 0); // one a member
    const sums: Sums = { active: 0, occasions: 0, revenue: 0 };
    for (const month of counted) {
      const there = months.get(month)?.get(month + age);
      sums.active += there?.active ?? 0;
      sums.occasions += there?.occasions ?? 0;
      sums.revenue = plus(sums.revenue, there?.revenue ?? 0);
    }
    const complete = over.length === members.length && isOver(members[0]!, period, open); // there is a member
    rows.push({
      group, cohort, size, age, eligible, ...sums, rate: retentionRate(sums.active, eligible), complete,
    }); // prettier-ignore
  }
  return rows;
}

/** As long as the period of a cohort runs, more customers may join it. */
const isOver = (month: Month, period: CohortPeriod, open: Month): boolean =>
  month - (month % COHORT_PERIODS[period]) + COHORT_PERIODS[period] <= open;

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
