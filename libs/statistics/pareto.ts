/** The vital few: items from the largest down, with the share that they and all before them make up. */

export interface Counted {
  readonly name: string;
  readonly count: number;
  /** In one money unit, the same for all. */
  readonly value: number;
}

export interface ParetoRow extends Counted {
  readonly shareOfCount: number | null;
  readonly shareOfValue: number | null;
  /** Of this row and those above it; the last is 1. */
  readonly cumulativeOfCount: number | null;
  readonly cumulativeOfValue: number | null;
}

/** Largest first `by` number or by value, ties by name (code units, so the same everywhere). Shares of 0 are null. */
export function pareto(items: readonly Counted[], by: 'count' | 'value'): ParetoRow[] {
  const total = { count: 0, value: 0 };
  for (const { count, value } of items) {
    total.count += count;
    total.value += value;
  }
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  const ordered = [...items].sort(
    (a, b) => b[by] - a[by] || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
  const soFar = { count: 0, value: 0 };
  return ordered.map((item) => {
    soFar.count += item.count;
    soFar.value += item.value;
    return {
      ...item,
      shareOfCount: share(item.count, total.count),
      shareOfValue: share(item.value, total.value),
      cumulativeOfCount: share(soFar.count, total.count),
      cumulativeOfValue: share(soFar.value, total.value),
    };
  });
}
