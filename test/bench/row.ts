/** One line of the benchmark: both sides, measured in the same run, and their ratio. */
export interface Row {
  /** As in the list of performance bars: P1, P2 …; R and E are of the servers, and have no bars. */
  readonly id: string;
  readonly name: string;
  readonly ours: number;
  readonly reference: number;
  readonly unit: string;
  readonly ratio: number;
  /** What is good enough: a ratio of at least, or at most, or an absolute figure of at most. Null: nobody set one. */
  readonly bar: string | null;
  readonly met: boolean | null;
}

/** A row that could not be measured on this machine, and why. */
export interface Skipped {
  readonly id: string;
  readonly name: string;
  readonly skipped: string;
}

export type Result = Row | Skipped;

type Bar =
  'none' | { readonly atLeast: number } | { readonly atMost: number } | { readonly oursAtMost: number };

export function row(id: string, name: string, ours: number, reference: number, unit: string, bar: Bar): Row {
  const ratio = reference === 0 ? 0 : ours / reference;
  if (bar === 'none') return { id, name, ours, reference, unit, ratio, bar: null, met: null };
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

/** The two in turn, so that a machine that drifts drifts for both; medians. */
export async function inTurn(
  rounds: number,
  ours: () => Promise<number>,
  reference: () => Promise<number>,
): Promise<[ours: number, reference: number]> {
  const sides: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    sides[0].push(await ours());
    sides[1].push(await reference());
  }
  return [median(sides[0]), median(sides[1])];
}
