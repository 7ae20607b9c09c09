/** Why customers left, the largest cause first: by number or by what they were worth a year. Unknown is a cause. */
import { plus, type Whole } from '#kernel';
import { pareto, type ParetoRow } from '#statistics/index.js';
import type { CellKind, Cells, Figures } from '#ledger/index.js';
import { answer, EXCLUDED_KINDS, type Answer, type Observation } from './answer.js';

export interface CauseRow extends Omit<ParetoRow, 'name' | 'value'> {
  readonly group: string | null;
  readonly cause: string;
  /** Minor units. */
  readonly value: Whole;
  /** Losses of this cause, by whether they could have been prevented, as far as somebody said. */
  readonly controllable: number;
  readonly uncontrollable: number;
  readonly undetermined: number;
}

export const CAUSE_KINDS: readonly CellKind[] = ['loss', 'lossValue', 'lossForeign', ...EXCLUDED_KINDS];

/** @param window days from `start` up to but not with `end` */
export function causes(
  figures: Figures,
  window: { readonly start: string; readonly end: string },
  order: 'number' | 'value',
  seen: Observation,
): Answer<CauseRow> {
  const counts = (day: string): boolean => day >= window.start && day < window.end && day <= seen.asOf;
  const items = figures.groups.flatMap(({ group, cells }) => causesOf(group, cells, counts, order));
  const n = (figures.all.get('loss') ?? []).reduce(
    (sum, [[day = ''], amount]) => (counts(day) ? sum + Number(amount) : sum),
    0,
  );
  const foreign = (figures.all.get('lossForeign') ?? []).reduce(
    (sum, [[day = ''], amount]) => (counts(day) ? sum + Number(amount) : sum),
    0,
  );
  const about = {
    ...window,
    complete: window.end <= seen.until,
    n,
    grouped: 'event' as const,
    excluded: (foreign > 0 ? { values_in_other_currencies: foreign } : {}) as Record<string, number>,
  };
  return answer(figures, seen, about, items);
}

interface Losses {
  readonly name: string;
  count: number;
  value: Whole;
  controllable: number;
  uncontrollable: number;
  undetermined: number;
}

const FIELD = { y: 'controllable', n: 'uncontrollable', '': 'undetermined' } as const;

function causesOf(
  group: string | null,
  cells: Cells,
  counts: (day: string) => boolean,
  order: 'number' | 'value',
): CauseRow[] {
  const byCause = new Map<string, Losses>();
  for (const kind of ['loss', 'lossValue'] as const) {
    for (const [[day = '', name = '', mark = ''], amount] of cells.get(kind) ?? []) {
      if (!counts(day)) continue;
      const cause = decodeURIComponent(name);
      let losses = byCause.get(cause);
      if (losses === undefined) {
        losses = { name: cause, count: 0, value: 0, controllable: 0, uncontrollable: 0, undetermined: 0 };
        byCause.set(cause, losses);
      }
      if (kind === 'lossValue') losses.value = plus(losses.value, amount);
      else {
        losses.count += Number(amount);
        losses[FIELD[mark as keyof typeof FIELD]] += Number(amount); // the view writes no other mark
      }
    }
  }
  const counted = [...byCause.values()].map((losses) => ({ ...losses, value: Number(losses.value) }));
  const rows = pareto(counted, order === 'number' ? 'count' : 'value');
  return rows.map(({ name, ...row }) => {
    const { value, controllable, uncontrollable, undetermined } = byCause.get(name)!; // pareto keeps the names
    return { group, cause: name, ...row, value, controllable, uncontrollable, undetermined };
  });
}
