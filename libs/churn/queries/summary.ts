/** How things stand: the customers there, how the last month and year kept them, who is at risk, what was lost and why. */
import { plus, firstDay, type Whole } from '#kernel';
import type { CellKind, Cells } from '../cells.js';
import { answer, openMonth, type Answer, type Figures, type Observation } from './answer.js';
import { lapsesAtRisk } from './at-risk.js';
import { causes, CAUSE_KINDS } from './causes.js';
import { retentionKinds, rowOf, type RetentionRow } from './retention.js';

type Kept = Omit<RetentionRow, 'group'>;

export interface SummaryRow {
  readonly group: string | null;
  readonly lastMonth: Kept;
  readonly lastYear: Kept;
  /** Without a contract, not bought for `atRiskDays`, not lost yet. Null of a day in the past: it is known of today. */
  readonly atRisk: number | null;
  /** In the year of `lastYear`. */
  readonly losses: { readonly count: number; readonly value: Whole; readonly costliestCause: string | null };
}

export const SUMMARY_KINDS: readonly CellKind[] = [
  ...new Set([...retentionKinds(1), ...retentionKinds(12), ...CAUSE_KINDS, 'lapse' as const]),
];

export function summary(figures: Figures, seen: Observation): Answer<SummaryRow> {
  const open = openMonth(seen);
  const end = firstDay(open) < seen.until ? open : open - 1; // on the first of a month the day is not over yet
  const year = { start: firstDay(end - 12), end: firstDay(end) };
  const lost = causes(figures, year, 'value', seen).items;
  const items = figures.groups.map(({ group, cells }): SummaryRow => {
    const mine = lost.filter((row) => row.group === group);
    return {
      group,
      lastMonth: rowOf(cells, { start: end - 1, months: 1 }, seen),
      lastYear: rowOf(cells, { start: end - 12, months: 12 }, seen),
      atRisk: atRiskIn(cells, figures, seen),
      losses: {
        count: mine.reduce((sum, { count }) => sum + count, 0),
        value: mine.reduce<Whole>((sum, { value }) => plus(sum, value), 0),
        costliestCause: mine[0]?.cause ?? null,
      },
    };
  });
  const n = rowOf(figures.all, { start: end - 12, months: 12 }, seen).customersAtStart;
  return answer(figures, seen, { ...year, complete: true, n }, items);
}

function atRiskIn(cells: Cells, { definition }: Figures, { asOf, until }: Observation): number | null {
  if (asOf !== until) return null;
  const { from, to } = lapsesAtRisk(definition, asOf);
  let customers = 0;
  for (const [[day = ''], amount] of cells.get('lapse') ?? [])
    if (day >= from && day < to) customers += Number(amount);
  return customers;
}
