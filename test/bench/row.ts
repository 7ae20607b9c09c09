/** One line of the benchmark: both sides, measured in the same run, and their ratio. */
export interface Row {
  /** As in the list of performance bars: P1, P2 … */
  readonly id: string;
  readonly name: string;
  readonly ours: number;
  readonly reference: number;
  readonly unit: string;
  readonly ratio: number;
  /** What is good enough: a ratio of at least, or at most, or an absolute figure of at most. */
  readonly bar: string;
  readonly met: boolean;
}

type Bar = { readonly atLeast: number } | { readonly atMost: number } | { readonly oursAtMost: number };

export function row(id: string, name: string, ours: number, reference: number, unit: string, bar: Bar): Row {
  const ratio = reference === 0 ? 0 : ours / reference;
  const [text, met] =
    'atLeast' in bar
      ? [`≥ ${bar.atLeast}`, ratio >= bar.atLeast]
      : 'atMost' in bar
        ? [`≤ ${bar.atMost}`, ratio <= bar.atMost]
        : [`≤ ${bar.oursAtMost} ${unit}`, ours <= bar.oursAtMost];
  return { id, name, ours, reference, unit, ratio, bar: text, met };
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
