/**
 * Values, each from a time on. Entries are in the order of their times, and entries of one time in the order of recording:
 * a late fact takes its place, and the present stays the last entry. Times are instants or days, which sort as texts.
 */
export type History<Value> = readonly (readonly [from: string, value: Value])[];

/** The history with one more entry, recorded after the others. */
export function entered<Value>(history: History<Value>, from: string, value: Value): History<Value> {
  const place = history.findLastIndex(([earlier]) => earlier <= from) + 1;
  return [...history.slice(0, place), [from, value], ...history.slice(place)];
}

/** The value at a time; undefined before the first entry. */
export const inForce = <Value>(history: History<Value>, at: string): Value | undefined =>
  history.findLast(([from]) => from <= at)?.[1];

/** The last value; undefined where there is none. */
export const present = <Value>(history: History<Value>): Value | undefined => history.at(-1)?.[1];
