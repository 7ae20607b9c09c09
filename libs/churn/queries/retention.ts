/**
 * How customers and their revenue are kept over windows of 1, 3 or 12 whole months.
 *
 * `CRR = |S ∩ E| / |S|` over the identities that are there on the first day (S) and on the day the window ends
 * (E). Revenue of those who paid at the start: gross `Σ min(open, close) / Σ open`, net `Σ close / Σ open`.
 */
import { minus, plus, firstDay, type Whole, type Month } from '#kernel';
import { grossRevenueRetention, logoChurn, netRevenueRetention, retentionRate } from '#statistics/index.js';
import type { CellKind, Cells, Lag } from '../cells.js';
import { answer, type Answer, type Figures, type Observation } from './answer.js';

export interface MonthWindow {
  readonly start: Month;
  readonly months: Lag;
}

/** Revenue at the two ends of a window, in minor units, of those who paid at its start. */
export interface RevenueKept {
  readonly open: Whole;
  readonly lost: Whole;
  readonly grown: Whole;
  /** Σ min(open, close) / Σ open. Never above 1. */
  readonly gross: number | null;
  /** Σ close / Σ open. */
  readonly net: number | null;
}

export interface RetentionRow {
  readonly group: string | null;
  readonly start: string;
  readonly end: string;
  readonly complete: boolean;
  readonly customersAtStart: number;
  /** From here on null until the window is over. */
  readonly customersAtEnd: number | null;
  readonly kept: number | null;
  readonly lost: number | null;
  /** There at the end for the first time. */
  readonly new: number | null;
  /** There at the end, not at the start, but before. */
  readonly returning: number | null;
  readonly retentionRate: number | null;
  readonly churnRate: number | null;
  /** Monthly recurring revenue of contracts, on the first and on the last day. */
  readonly recurring: RevenueKept | null;
  /** Revenue of purchases, 12 months before against 12 months from then on; windows of a year only. */
  readonly transactional: RevenueKept | null;
}

const YEAR = 12;

/** The kinds of cells that windows of this length need. */
export const retentionKinds = (months: Lag): readonly CellKind[] => [
  'first',
  'back',
  'left',
  `passed${months}`,
  `again${months}`,
  'mrr',
  `mrrLost${months}`,
  `mrrGrown${months}`,
  ...(months === YEAR ? (['revenue', 'spendLost12', 'spendGrown12'] as const) : []),
  'excluded',
];

/** @param windows ascending; at least one */
export function retention(
  figures: Figures,
  windows: readonly MonthWindow[],
  seen: Observation,
): Answer<RetentionRow> {
  const items = figures.groups.flatMap(({ group, cells }) =>
    windows.map((window): RetentionRow => ({ group, ...rowOf(cells, window, seen) })),
  );
  const first = windows[0]!; // at least one
  const last = windows.at(-1)!;
  const end = last.start + last.months;
  const about = {
    start: firstDay(first.start),
    end: firstDay(end),
    complete: isOver(last, seen),
    n: sumWhere(figures.all, 'first', (month) => month <= end),
  };
  return answer(figures, seen, about, items);
}

/** On the day a window ends somebody may still come, so it is over when that day is. */
const isOver = ({ start, months }: MonthWindow, { until }: Observation): boolean =>
  firstDay(start + months) < until;

export function rowOf(cells: Cells, window: MonthWindow, seen: Observation): Omit<RetentionRow, 'group'> {
  const { start, months } = window;
  const end = start + months;
  const complete = isOver(window, seen);
  const there = (month: Month): number =>
    upTo(cells, 'first', month) + upTo(cells, 'back', month) - upTo(cells, 'left', month);
  const customersAtStart = there(start);
  const period = { start: firstDay(start), end: firstDay(end), complete, customersAtStart };
  if (!complete) return { ...period, ...NOT_YET };

  const within = (month: Month): boolean => month > start && month <= end;
  const passed = upTo(cells, `passed${months}`, start);
  const inside = passed + upTo(cells, `again${months}`, start);
  const lost = sumWhere(cells, 'left', within) - inside;
  const first = sumWhere(cells, 'first', within);
  const joined = first + sumWhere(cells, 'back', within) - inside;
  const kept = customersAtStart - lost;
  return {
    ...period,
    customersAtEnd: there(end),
    kept,
    lost,
    new: first - passed,
    returning: joined - (first - passed),
    retentionRate: retentionRate(kept, customersAtStart),
    churnRate: logoChurn(lost, customersAtStart),
    recurring: revenueKept(
      amountUpTo(cells, 'mrr', start),
      amountUpTo(cells, `mrrLost${months}`, start),
      amountUpTo(cells, `mrrGrown${months}`, start),
    ),
    transactional: months === YEAR ? transactional(cells, start) : null,
  };
}

const NOT_YET = {
  customersAtEnd: null,
  kept: null,
  lost: null,
  new: null,
  returning: null,
  retentionRate: null,
  churnRate: null,
  recurring: null,
  transactional: null,
} as const;

function transactional(cells: Cells, start: Month): RevenueKept {
  let open: Whole = 0;
  for (const [keys, amount] of cells.get('revenue') ?? []) {
    const month = Number(keys[1]);
    if (month >= start - YEAR && month < start) open = plus(open, amount);
  }
  return revenueKept(open, amountUpTo(cells, 'spendLost12', start), amountUpTo(cells, 'spendGrown12', start));
}

function revenueKept(open: Whole, lost: Whole, grown: Whole): RevenueKept {
  const kept = minus(open, lost);
  return {
    open,
    lost,
    grown,
    gross: grossRevenueRetention({ open: Number(open), minOpenClose: Number(kept) }),
    net: netRevenueRetention({ open: Number(open), close: Number(plus(kept, grown)) }),
  };
}

/** The sum of differences up to a month is the function in that month. */
const upTo = (cells: Cells, kind: CellKind, month: Month): number =>
  sumWhere(cells, kind, (other) => other <= month);

const amountUpTo = (cells: Cells, kind: CellKind, month: Month): Whole =>
  amountWhere(cells, kind, (other) => other <= month);

/** Of customers, of whom there are never 2^53. */
const sumWhere = (cells: Cells, kind: CellKind, counts: (month: Month) => boolean): number =>
  Number(amountWhere(cells, kind, counts));

function amountWhere(cells: Cells, kind: CellKind, counts: (month: Month) => boolean): Whole {
  let sum: Whole = 0;
  for (const [keys, amount] of cells.get(kind) ?? []) if (counts(Number(keys[0]))) sum = plus(sum, amount);
  return sum;
}
