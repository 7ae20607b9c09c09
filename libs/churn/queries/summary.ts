/** How things stand: the customers there, how the last month and year kept them, who is at risk, what was lost and why. */
import { plus, firstDay, type Whole } from '#kernel';
import type { CellKind, Cells, Figures } from '#ledger/index.js';
import { answer, openMonth, type Answer, type Observation } from './answer.js';
import { causes, CAUSE_KINDS } from './causes.js';
import { retentionKinds, rowOf, type RetentionRow } from './retention.js';

type Kept = Omit<RetentionRow, 'group'>;

export interface SummaryRow {
  readonly group: string | null;
  readonly lastMonth: Kept;
  readonly lastYear: Kept;
  /** At risk on the day of `asOf`: as many as that list has. */
  readonly atRisk: number;
  /** In the year of `lastYear`. */
  readonly losses: { readonly count: number; readonly value: Whole; readonly costliestCause: string | null };
}

export const SUMMARY_KINDS: readonly CellKind[] = [
  ...new Set([...retentionKinds(1), ...retentionKinds(12), ...CAUSE_KINDS, 'risk' as const]),
];

export function summary(figures: Figures, seen: Observation): Answer<SummaryRow> {
  const end = openMonth(seen);
  const year = { start: firstDay(end - 12), end: firstDay(end) };
  const lost = causes(figures, year, 'value', seen).items;
  const items = figures.groups.map(({ group, cells }): SummaryRow => {
    const mine = lost.filter((row) => row.group === group);
    return {
      group,
      lastMonth: rowOf(cells, { start: end - 1, months: 1 }, seen),
      lastYear: rowOf(cells, { start: end - 12, months: 12 }, seen),
      atRisk: atRiskIn(cells, seen),
      losses: {
        count: mine.reduce((sum, { count }) => sum + count, 0),
        value: mine.reduce<Whole>((sum, { value }) => plus(sum, value), 0),
        costliestCause: mine[0]?.cause ?? null,
      },
    };
  });
  const n = rowOf(figures.all, { start: end - 12, months: 12 }, seen).customersAtStart;
  return answer(figures, seen, { ...year, complete: true, n, grouped: 'start_of_window' }, items);
}

const atRiskIn = (cells: Cells, { asOf }: Observation): number =>
  (cells.get('risk') ?? []).reduce(
    (sum, [[day = ''], amount]) => (day <= asOf ? sum + Number(amount) : sum),
    0,
  );
