/**
 * The figures of this context: whole numbers by cell. A cell is named `kind|dimension|keys…`, so that all cells
 * of a kind and a dimension are read with one prefix. Months are numbers (year × 12 + month − 1).
 *
 *   kind                     keys              amount
 *   first, back, left        month             customers there on its first day for the first time; again; no longer
 *   passed1|3|12             month             change in who first comes and goes in the window from then on
 *   again1|3|12              month             change in further comings and goings inside one window
 *   active, more, revenue    cohort, month     customers who bought; occasions beyond their first; minor units
 *   mrr                      month             change in recurring revenue, minor units a month
 *   mrrLost…, mrrGrown…      month             change in what is paid less, and more, 1, 3, 12 months later
 *   spendLost12, …Grown12    month             the same of what is bought in 12 months against the 12 before
 *   contract, rule           start, seen, end  customers by month of start, of first sight and of the end, if any
 *   lapse                    day               customers who count as lost from this day on unless they buy
 *   due                      day               of those of `lapse`, those not recorded as at risk yet; of all only
 *   loss, lossValue          day, cause, y|n|  losses; what they were worth a year, minor units
 *   excluded                 reason            what is left out
 */
import type { Whole } from '#kernel';

export const LAGS = [1, 3, 12] as const;
export type Lag = (typeof LAGS)[number];

export type CellKind =
  | 'first'
  | 'back'
  | 'left'
  | `passed${Lag}`
  | `again${Lag}`
  | 'active'
  | 'more'
  | 'revenue'
  | 'mrr'
  | `mrrLost${Lag}`
  | `mrrGrown${Lag}`
  | 'spendLost12'
  | 'spendGrown12'
  | 'contract'
  | 'rule'
  | 'lapse'
  | 'due'
  | 'loss'
  | 'lossValue'
  | 'excluded';

/** What one customer contributes, in each of its dimensions. */
export type Contribute = (kind: CellKind, keys: string | number, amount: Whole) => void;

/** By what figures can be split. */
export const BREAKDOWNS = ['segment', 'product', 'unit', 'region'] as const;
export type Breakdown = (typeof BREAKDOWNS)[number];

export type Dimension = 'all' | `${Breakdown}:${string}`;

const PLAIN = /^[\w.-]*$/;

/** A code as a part of a name: what would end the part early is escaped. */
export const encoded = (code: string): string => (PLAIN.test(code) ? code : encodeURIComponent(code));

export const dimension = (by: Breakdown, code: string): Dimension => `${by}:${encoded(code)}`;

/** What to read for a kind: of all customers, or of every group of a breakdown. */
export const prefixOf = (kind: CellKind, by?: Breakdown): string =>
  by === undefined ? `${kind}|all|` : `${kind}|${by}:`;

/** A cell that was read, with the keys in order. */
export type Cell = readonly [keys: readonly string[], amount: Whole];

/** Cells of one group, by kind. */
export type Cells = ReadonlyMap<CellKind, readonly Cell[]>;

/** Cells as they were read, by group; `all` is the group null. */
export function groupsOf(read: Iterable<readonly [name: string, amount: Whole]>): Map<string | null, Cells> {
  const groups = new Map<string | null, Map<CellKind, Cell[]>>();
  for (const [name, amount] of read) {
    const [kind, dimension = '', ...keys] = name.split('|');
    const colon = dimension.indexOf(':');
    const group = colon < 0 ? null : decodeURIComponent(dimension.slice(colon + 1));
    let cells = groups.get(group);
    if (cells === undefined) groups.set(group, (cells = new Map()));
    const entries = cells.get(kind as CellKind); // nobody else writes cells of this view
    if (entries === undefined) cells.set(kind as CellKind, [[keys, amount]]);
    else entries.push([keys, amount]);
  }
  return groups;
}
