/** The days on which a customer is there, as stretches. */
import { addDays, lastDay, monthOf, type Month } from '#kernel';
import { isInForce, isWithdrawn, type Contract, type Version } from './version.js';

/** A half-open stretch of days `[from, to)`; `to` is null for ever. */
export interface Stretch {
  readonly from: string;
  readonly to: string | null;
}

/** Days on which the customer showed itself, in order: purchase occasions and declared returns. */
export function signsOf({ days, defections }: Version): string[] {
  const signs: string[] = days.map(({ day }) => day);
  let returns = 0;
  for (const defection of defections)
    if (defection.returnedOn !== null && !isWithdrawn(defection)) returns = signs.push(defection.returnedOn);
  return returns === 0 ? signs : signs.sort();
}

/**
 * Where the customer is there: while a contract is in force, and for `inactivityDays` from each sign of life. A declared
 * defection ends presence on its day, until a later occasion or contract, or the declared return. Disjoint and in order.
 */
export function staysOf(version: Version, inactivityDays: number): Stretch[] {
  const runs = [...runsOf(signsOf(version), inactivityDays), ...contractsOf(version.contracts)];
  return without(joined(runs), awayIn(version));
}

/** So many days from each sign on, joined. The end of a run is worked out once in that many days, and not for each sign. */
function runsOf(signs: readonly string[], days: number): Stretch[] {
  const runs: Stretch[] = [];
  let [from, last, safe] = [signs[0], signs[0], signs[0]];
  for (const sign of signs) {
    if (sign > safe!) {
      safe = addDays(last!, days); // there are signs
      if (sign > safe) {
        runs.push({ from: from!, to: safe });
        from = safe = sign;
      }
    }
    last = sign;
  }
  if (from !== undefined && last !== undefined) runs.push({ from, to: addDays(last, days) });
  return runs;
}

/** Where contracts are in force. One that ended before it began was never one. */
export const contractsOf = (contracts: readonly Contract[]): Stretch[] =>
  contracts
    .filter(({ startsOn, endsOn }) => endsOn === null || endsOn > startsOn)
    .map(({ startsOn, endsOn }) => ({ from: startsOn, to: endsOn }));

/** Where a declared defection holds, in order. */
export function awayIn(version: Version): Stretch[] {
  const away = version.defections
    .filter((one) => !isWithdrawn(one))
    .map(({ effectiveOn, returnedOn }) => {
      const back = broughtBack(version, effectiveOn);
      if (returnedOn !== null) back.push(returnedOn);
      return { from: effectiveOn, to: back.sort()[0] ?? null };
    });
  return joined(away);
}

/** What brings a customer back that left on this day: a purchase or a contract on a later one. */
function broughtBack({ days, contracts }: Version, left: string): string[] {
  const bought = days.find(({ day }) => day > left)?.day;
  const began = contracts
    .filter((contract) => contract.startsOn > left && isInForce(contract, contract.startsOn))
    .map(({ startsOn }) => startsOn);
  return bought === undefined ? began : [bought, ...began];
}

export const isIn = (stretches: readonly Stretch[], day: string): boolean =>
  stretches.some(({ from, to }) => from <= day && (to === null || day < to));

export function joined(stretches: readonly Stretch[]): Stretch[] {
  const sorted = [...stretches].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const result: Stretch[] = [];
  for (const stretch of sorted) {
    const last = result.at(-1);
    if (last === undefined || (last.to !== null && stretch.from > last.to)) result.push(stretch);
    else if (last.to !== null && (stretch.to === null || stretch.to > last.to))
      result[result.length - 1] = { from: last.from, to: stretch.to };
  }
  return result;
}

/** Both disjoint and in order. */
export function without(stretches: readonly Stretch[], holes: readonly Stretch[]): Stretch[] {
  let left = [...stretches];
  for (const hole of holes) {
    left = left.flatMap((stretch) => {
      if ((stretch.to !== null && stretch.to <= hole.from) || (hole.to !== null && hole.to <= stretch.from))
        return [stretch];
      const before = stretch.from < hole.from ? [{ from: stretch.from, to: hole.from }] : [];
      const after =
        hole.to !== null && (stretch.to === null || hole.to < stretch.to)
          ? [{ from: hole.to, to: stretch.to }]
          : [];
      return [...before, ...after];
    });
  }
  return left;
}

/** Both disjoint and in order. */
export function within(stretches: readonly Stretch[], bounds: readonly Stretch[]): Stretch[] {
  return stretches.flatMap(({ from, to }) =>
    bounds.flatMap((bound) => {
      const start = from > bound.from ? from : bound.from;
      const end = to === null ? bound.to : bound.to === null || to < bound.to ? to : bound.to;
      return end === null || start < end ? [{ from: start, to: end }] : [];
    }),
  );
}

/**
 * The state at the boundary of a month is that of the last day before it: a window `[start, end)` begins and ends with the
 * last instant before its bounds. Boundaries `[from, to)`.
 */
export interface Boundaries {
  readonly from: Month;
  readonly to: Month | null;
}

export const boundariesOf = ({ from, to }: Stretch): Boundaries => ({
  from: monthOf(from) + 1,
  to: to === null ? null : monthOf(to) + 1,
});

/** The last day before a month. */
export const eveOfMonth = (month: Month): string => lastDay(month - 1);
