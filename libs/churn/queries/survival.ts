/**
 * How long customers stay, by Kaplan and Meier, in calendar months after the month of the start. Customers with a
 * contract stay until it ends; the others until they count as lost by the rule of inactivity, which is a rule and
 * not a fact, and so the two have a curve each. Whoever is still there when observation ends is censored.
 */
import { firstDay } from '#kernel';
import {
  kaplanMeier,
  restrictedMean,
  type EntryCount,
  type ExitCount,
  type SurvivalStep,
} from '#statistics/index.js';
import type { CellKind, Cells, Figures } from '#ledger/index.js';
import { answer, EXCLUDED_KINDS, openMonth, type Answer, type Observation } from './answer.js';

export const LEAVINGS = ['contract', 'rule'] as const;
export type Leaving = (typeof LEAVINGS)[number];

export interface SurvivalRow {
  readonly group: string | null;
  /** What ended the stay: the contract, or the rule of inactivity of the definition. */
  readonly leaving: Leaving;
  readonly unit: 'month';
  readonly customers: number;
  readonly left: number;
  readonly censored: number;
  /** Months after which half have left; null if that is not reached. */
  readonly median: number | null;
  /** Mean months stayed within the first `within`. */
  readonly restrictedMean: { readonly within: number; readonly months: number } | null;
  readonly steps: readonly SurvivalStep[];
}

export const SURVIVAL_KINDS: readonly CellKind[] = [...LEAVINGS, ...EXCLUDED_KINDS];

export function survival(figures: Figures, seen: Observation): Answer<SurvivalRow> {
  const items = figures.groups.flatMap(({ group, cells }) =>
    LEAVINGS.flatMap((leaving) => curveOf(group, cells, leaving, seen) ?? []),
  );
  const lives = LEAVINGS.map((leaving) => livesIn(figures.all, leaving, seen));
  const started = lives.flatMap(({ starts }) => starts);
  const open = openMonth(seen);
  const unfinished = lives.reduce((sum, one) => sum + one.unfinished, 0);
  return answer(
    figures,
    seen,
    {
      start: firstDay(Math.min(open, ...started)),
      end: firstDay(open),
      complete: true, // months that are not over are left out
      n: lives.reduce((sum, one) => sum + one.customers, 0),
      grouped: 'first_day',
      excluded: unfinished > 0 ? { customers_who_came_in_the_unfinished_month: unfinished } : {},
    },
    items,
  );
}

interface Lives {
  readonly customers: number;
  readonly unfinished: number;
  readonly starts: readonly number[];
  readonly exits: ExitCount[];
  readonly entries: EntryCount[];
}

/**
 * Months up to the last that is over. A customer with history missing from before it was first seen enters the
 * risk set at that age: counting it from the start would count only those who stayed (left truncation).
 */
function livesIn(cells: Cells, leaving: Leaving, seen: Observation): Lives {
  const open = openMonth(seen);
  const lives = { customers: 0, unfinished: 0 };
  const exits: ExitCount[] = [];
  const entries: EntryCount[] = [];
  const starts: number[] = [];
  for (const [[start = '', first = '', end = ''], customers] of cells.get(leaving) ?? []) {
    const amount = Number(customers);
    if (Number(first) >= open) {
      if (Number(first) === open) lives.unfinished += amount;
      continue;
    }
    lives.customers += amount;
    starts.push(Number(start));
    const gone = end !== '' && Number(end) < open;
    const time = (gone ? Number(end) : open - 1) - Number(start);
    exits.push({ time, events: gone ? amount : 0, censored: gone ? 0 : amount });
    entries.push({ time: Number(first) - Number(start) - 1, entered: amount }); // at risk in that month already
  }
  return { ...lives, starts, exits, entries };
}

function curveOf(
  group: string | null,
  cells: Cells,
  leaving: Leaving,
  seen: Observation,
): SurvivalRow | undefined {
  const { customers, exits, entries } = livesIn(cells, leaving, seen);
  if (customers === 0) return undefined;
  const curve = kaplanMeier(exits, entries);
  const left = exits.reduce((sum, { events }) => sum + events, 0);
  const within = curve.steps.at(-1)?.time ?? 0;
  const months = restrictedMean(curve, within);
  return {
    group,
    leaving,
    unit: 'month',
    customers,
    left,
    censored: customers - left,
    median: curve.median,
    restrictedMean: months === null ? null : { within, months },
    steps: curve.steps,
  };
}
