/**
 * How customers and their revenue are kept over windows of 1, 3, 6 or 12 whole months.
 *
 * `CRR = |S ∩ E| / |S|` over the identities that are there at the last instant before the window starts (S) and at the last
 * before it ends (E). Customers are grouped by what they belonged to at its start; those who come in it, as they came. Revenue of those who paid at the start: gross `Σ min(open, close) / Σ open`, net `Σ close / Σ open`.
 */
import { firstDay, minus, plus, portion, type Month, type Whole } from '#kernel';
import type { CellKind, Cells, Figures, Lag } from '#ledger/index.js';
import { grossRevenueRetention, logoChurn, netRevenueRetention, retentionRate } from '#statistics/index.js';
import { answer, EXCLUDED_KINDS, type Answer, type Observation } from './answer.js';

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
  /** There on some day of the window, and at neither end. */
  readonly cameAndLeft: number | null;
  readonly retentionRate: number | null;
  readonly churnRate: number | null;
  /** Monthly recurring revenue of contracts, at both ends. */
  readonly recurring: RevenueKept | null;
  /** Revenue of purchases of those there at the start, in the 12 months before against the 12 from then on; windows of a year only. */
  readonly transactional: RevenueKept | null;
}

const YEAR = 12;

/** The kinds of cells that windows of this length need. */
export const retentionKinds = (months: Lag): readonly CellKind[] => [
  'here',
  'came',
  `lost${months}`,
  `new${months}`,
  `back${months}`,
  `passing${months}`,
  'yearly',
  `yearlyLost${months}`,
  `yearlyGrown${months}`,
  ...(months === YEAR ? (['spent12', 'spentLost12', 'spentGrown12'] as const) : []),
  ...EXCLUDED_KINDS,
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
    n: upTo(figures.all, 'came', end - 1),
    grouped: 'start_of_window' as const,
  };
  return answer(figures, seen, about, items);
}

const isOver = ({ start, months }: MonthWindow, { until }: Observation): boolean =>
  firstDay(start + months) <= until;

export function rowOf(cells: Cells, window: MonthWindow, seen: Observation): Omit<RetentionRow, 'group'> {
  const { start, months } = window;
  const complete = isOver(window, seen);
  const at = (kind: CellKind): number => upTo(cells, kind, start);
  const customersAtStart = at('here');
  const period = { start: firstDay(start), end: firstDay(start + months), complete, customersAtStart };
  if (!complete) return { ...period, ...NOT_YET };
  const lost = at(`lost${months}`);
  const kept = customersAtStart - lost;
  const [came, returning] = [at(`new${months}`), at(`back${months}`)];
  return {
    ...period,
    customersAtEnd: kept + came + returning,
    kept,
    lost,
    new: came,
    returning,
    cameAndLeft: at(`passing${months}`),
    retentionRate: retentionRate(kept, customersAtStart),
    churnRate: logoChurn(lost, customersAtStart),
    recurring: revenueKept(
      amountUpTo(cells, 'yearly', start),
      amountUpTo(cells, `yearlyLost${months}`, start),
      amountUpTo(cells, `yearlyGrown${months}`, start),
      monthly,
    ),
    transactional:
      months === YEAR
        ? revenueKept(
            amountUpTo(cells, 'spent12', start),
            amountUpTo(cells, 'spentLost12', start),
            amountUpTo(cells, 'spentGrown12', start),
            (amount) => amount,
          )
        : null,
  };
}

/** A year's prices are kept as they were agreed, and divided once, when they are shown. */
const monthly = (yearly: Whole): Whole => portion(yearly, 1, 12);

const NOT_YET = {
  customersAtEnd: null,
  kept: null,
  lost: null,
  new: null,
  returning: null,
  cameAndLeft: null,
  retentionRate: null,
  churnRate: null,
  recurring: null,
  transactional: null,
} as const;

function revenueKept(open: Whole, lost: Whole, grown: Whole, shown: (amount: Whole) => Whole): RevenueKept {
  const kept = minus(open, lost);
  return {
    open: shown(open),
    lost: shown(lost),
    grown: shown(grown),
    gross: grossRevenueRetention({ open: Number(open), minOpenClose: Number(kept) }),
    net: netRevenueRetention({ open: Number(open), close: Number(plus(kept, grown)) }),
  };
}

/** The sum of changes up to a month is the figure at that month. Of customers there are never 2^53. */
const upTo = (cells: Cells, kind: CellKind, month: Month): number => Number(amountUpTo(cells, kind, month));

function amountUpTo(cells: Cells, kind: CellKind, month: Month): Whole {
  let sum: Whole = 0;
  for (const [keys, amount] of cells.get(kind) ?? []) if (Number(keys[0]) <= month) sum = plus(sum, amount);
  return sum;
}
