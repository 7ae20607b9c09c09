/**
 * Functions of the month that change in steps and are 0 before the first: who is there, what is paid. A view
 * keeps such a function as its differences, a cell for every month in which it changes; differences of many
 * customers add up, and a running sum gives the function back for all of them.
 */
import { minus, plus, type Whole, type Month } from '#kernel';

export interface Steps {
  /** Ascending. */
  readonly at: readonly Month[];
  /** `value[i]` holds from `at[i]` until the next. */
  readonly value: readonly Whole[];
}

export interface Stretch {
  readonly from: Month;
  /** Exclusive; null for ever. */
  readonly to: Month | null;
  readonly amount: Whole;
}

export const NOTHING: Steps = { at: [], value: [] };

/** The sum of stretches, in any order. */
export function stepsOf(stretches: readonly Stretch[]): Steps {
  const changes: [Month, Whole][] = [];
  for (const { from, to, amount } of stretches) {
    changes.push([from, amount]);
    if (to !== null) changes.push([to, minus(0, amount)]);
  }
  return runningSum(changes.sort(([a], [b]) => a - b));
}

/** From differences, ascending in the month. */
export function runningSum(differences: readonly (readonly [Month, Whole])[]): Steps {
  const at: Month[] = [];
  const value: Whole[] = [];
  let sum: Whole = 0;
  for (let i = 0; i < differences.length; i++) {
    const [month, change] = differences[i]!; // within bounds
    sum = plus(sum, change);
    if (differences[i + 1]?.[0] === month) continue;
    at.push(month);
    value.push(sum);
  }
  return { at, value };
}

/** The function as it will be `months` later: at March it is what the given one is at June. */
export const later = ({ at, value }: Steps, months: number): Steps => ({
  at: at.map((month) => month - months),
  value,
});

/** `op(f, g)` month by month; `op(0, 0)` must be 0. */
export function combine(f: Steps, g: Steps, op: (f: Whole, g: Whole) => Whole): Steps {
  const at: Month[] = [];
  const value: Whole[] = [];
  let i = 0;
  let j = 0;
  let before: Whole = 0;
  while (i < f.at.length || j < g.at.length) {
    const month = Math.min(f.at[i] ?? Infinity, g.at[j] ?? Infinity);
    if (f.at[i] === month) i++;
    if (g.at[j] === month) j++;
    const now = op(i === 0 ? 0 : f.value[i - 1]!, j === 0 ? 0 : g.value[j - 1]!); // as long as `at`
    if (now === before) continue;
    at.push(month);
    value.push(now);
    before = now;
  }
  return { at, value };
}

/** Calls back for every month in which the function changes, with the change. */
export function differences({ at, value }: Steps, each: (month: Month, change: Whole) => void): void {
  let before: Whole = 0;
  for (let i = 0; i < at.length; i++) {
    const now = value[i]!; // as long as `at`
    if (now !== before) each(at[i]!, minus(now, before));
    before = now;
  }
}
