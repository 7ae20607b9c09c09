/**
 * The figures of all customers: whole numbers by cell, which the engine keeps as sums. A cell is named
 * `kind|dimension|keys…`, so that all cells of a kind and a dimension are read with one prefix. Months are numbers
 * (year × 12 + month − 1), and the state at a month is that of the last day before it.
 *
 *   kind                      keys                what
 *   here                      month               customers there
 *   lost…, new…, back…        month               of the window of 1, 3, 6 or 12 months from then on: customers there at its
 *                                                 start and not at its end; there at its end for the first time; again
 *   passing…                  month               there on some day of that window, and at neither end
 *   came                      month               customers who were there for the first time in that month
 *   yearly                    month               a year's price of the contracts of those there, minor units
 *   yearlyLost…, …Grown…      month               of it, what is paid less, and more, at the end of that window
 *   yearlyIn…                 month               its sum over the ends of the months of that window
 *   spent12                   month               bought in the 12 months before by those there, minor units
 *   spentLost12, …Grown12     month               of it, what is bought less, and more, in the 12 months from then on
 *   covered, margin, bare     month, lag          revenue with a margin of its own, that margin, and revenue without, of that
 *                                                 month, by customers there so many months before
 *   active, more, revenue     cohort, month       customers who bought; occasions beyond their first; minor units
 *   dayActive, …More, …Revenue  month, day, cohort  the same by the day on which they came to be
 *   contract, rule            start, seen, end    customers by month of start, of first sight and of the end, if any
 *   risk                      day                 customers at risk
 *   lapse                     day                 customers who count as lost from that day on unless they buy
 *   due                       day                 of those of `lapse`, those not recorded as at risk yet; of all only
 *   loss, lossValue           day, cause, y|n|    losses; what they were worth a year, minor units
 *   lossForeign               day                 losses whose worth is in another currency
 *   foreign                   day                 purchases in other currencies, which no amount holds
 *   foreignStart, …End        day                 contracts in other currencies that begin; that end
 *
 * What holds from a month or a day on is kept as its changes: here, lost…, new…, back…, passing…, yearly…, spent…, risk, and
 * along the lag covered, margin, bare.
 */
import { plus, type Whole } from '#kernel';

/** Lengths of windows, in months. */
export const LAGS = [1, 3, 6, 12] as const;
export type Lag = (typeof LAGS)[number];
export const LONGEST = 12;

export type CellKind =
  | 'here'
  | `${'lost' | 'new' | 'back' | 'passing'}${Lag}`
  | 'came'
  | 'yearly'
  | `yearly${'Lost' | 'Grown' | 'In'}${Lag}`
  | 'spent12'
  | 'spentLost12'
  | 'spentGrown12'
  | 'covered'
  | 'margin'
  | 'bare'
  | 'active'
  | 'more'
  | 'revenue'
  | 'dayActive'
  | 'dayMore'
  | 'dayRevenue'
  | 'contract'
  | 'rule'
  | 'risk'
  | 'lapse'
  | 'due'
  | 'loss'
  | 'lossValue'
  | 'lossForeign'
  | 'foreign'
  | 'foreignStart'
  | 'foreignEnd';

/**
 * Beside the figures there are differences to them: with `now.`, to those by what a customer belongs to now; with `~`, to
 * those before the day that is the first key, on which something became known of earlier days.
 */
export type Family = '' | 'now.' | '~' | '~now.';

/** By what figures can be split. */
export const BREAKDOWNS = ['segment', 'product', 'unit', 'region'] as const;
export type Breakdown = (typeof BREAKDOWNS)[number];

export type Dimension = 'all' | `${Breakdown}:${string}`;

const PLAIN = /^[\w.-]*$/;

/** A code as a part of a name: what would end the part early is escaped. */
export const encoded = (code: string): string => (PLAIN.test(code) ? code : encodeURIComponent(code));

export const dimension = (by: Breakdown, code: string): Dimension => `${by}:${encoded(code)}`;

/** What to read for a kind: of all customers, or of every group of a breakdown. */
export const prefixOf = (kind: CellKind, by?: Breakdown, family: Family = ''): string =>
  by === undefined ? `${family}${kind}|all|` : `${family}${kind}|${by}:`;

/** A cell that was read, with the keys in order. */
export type Cell = readonly [keys: readonly string[], amount: Whole];

/** Cells of one group, by kind. */
export type Cells = ReadonlyMap<CellKind, readonly Cell[]>;

/** Cells as they were read, by group; `all` is the group null, and so is a product that no line tells. */
export function groupsOf(read: Iterable<readonly [name: string, amount: Whole]>): Map<string | null, Cells> {
  const groups = new Map<string | null, Map<CellKind, Map<string, Whole>>>();
  for (const [name, amount] of read) {
    const { kind, group, keys } = parse(name);
    let cells = groups.get(group);
    if (cells === undefined) groups.set(group, (cells = new Map()));
    let sums = cells.get(kind);
    if (sums === undefined) cells.set(kind, (sums = new Map()));
    sums.set(keys, plus(sums.get(keys) ?? 0, amount));
  }
  return new Map([...groups].map(([group, cells]) => [group, listed(cells)]));
}

function parse(name: string): { kind: CellKind; group: string | null; keys: string } {
  const first = name.indexOf('|');
  const second = name.indexOf('|', first + 1);
  const family = name.slice(0, first);
  const dimension = name.slice(first + 1, second);
  const colon = dimension.indexOf(':');
  const code = colon < 0 ? '' : decodeURIComponent(dimension.slice(colon + 1));
  const keys = name.slice(second + 1);
  const isLater = family.startsWith('~');
  return {
    kind: family.replace(/^~?(now\.)?/, '') as CellKind, // nobody else writes cells of this view
    group: code === '' ? null : code,
    keys: isLater ? keys.slice(keys.indexOf('|') + 1) : keys,
  };
}

const listed = (cells: ReadonlyMap<CellKind, ReadonlyMap<string, Whole>>): Cells =>
  new Map(
    [...cells].map(([kind, sums]) => [
      kind,
      [...sums].filter(([, amount]) => amount !== 0).map(([keys, amount]): Cell => [keys.split('|'), amount]),
    ]),
  );

/** The day on which a difference became known: the first key of the cells of `~`. */
export const knownOn = (name: string): string => {
  const keys = name.slice(name.indexOf('|', name.indexOf('|') + 1) + 1);
  return keys.slice(0, keys.indexOf('|'));
};
