/** What every answer of this context says beside its figures: by which rule, as of when, and what it left out. */
import { minus, plus, addDays, monthOf, type Whole, type Month } from '#kernel';
import type { RetentionDefinition } from '#retention/events.js';
import { type Breakdown, type Cells } from '../cells.js';

/** The window `[start, end)` in days of the definition's zone. */
export interface Window {
  readonly start: string;
  readonly end: string;
  readonly zone: string;
}

export interface Answer<Item> {
  readonly definition: RetentionDefinition & { readonly name: 'retention' };
  /** The last day of which events are counted. */
  readonly asOf: string;
  readonly window: Window;
  /** False while the window, or a day of it, is not over. */
  readonly complete: boolean;
  /** Of all amounts, which are in its minor units. */
  readonly currency: string;
  /** Customers the figures rest on. */
  readonly n: number;
  /** What is left out, and how often. */
  readonly excluded: Readonly<Record<string, number>>;
  /** Position in the log up to which events are counted; null while there are none. */
  readonly position: string | null;
  readonly by: Breakdown | null;
  readonly items: readonly Item[];
}

/** What was read for an answer. */
export interface Figures {
  readonly definition: RetentionDefinition;
  readonly position: string | null;
  /** Of all customers. */
  readonly all: Cells;
  /** Of each group; where no breakdown was asked for, of all customers under the name null. */
  readonly groups: readonly Group[];
  readonly by: Breakdown | null;
}

/** `group` is null for all customers, or for those who belong to no group. */
export interface Group {
  readonly group: string | null;
  readonly cells: Cells;
}

/** Up to when something is known. `until` is the first day that is not over, or not asked about. */
export interface Observation {
  readonly asOf: string;
  readonly until: string;
}

/** Everything up to and including `asOf`; of today only what is over counts as complete. */
export function observation(asOf: string | undefined, today: string): Observation {
  const day = asOf === undefined || asOf > today ? today : asOf;
  return { asOf: day, until: day === today ? today : addDays(day, 1) };
}

/** The first month that is not over. */
export const openMonth = ({ until }: Observation): Month => monthOf(until);

export function answer<Item>(
  figures: Figures,
  seen: Observation,
  about: {
    readonly start: string;
    readonly end: string;
    readonly complete: boolean;
    readonly n: number;
    readonly excluded?: Readonly<Record<string, number>>;
  },
  items: readonly Item[],
): Answer<Item> {
  const { definition, position, all, by } = figures;
  return {
    definition: { name: 'retention', ...definition },
    asOf: seen.asOf,
    window: { start: about.start, end: about.end, zone: definition.zone },
    complete: about.complete,
    currency: definition.currency,
    n: about.n,
    excluded: { ...excludedIn(all), ...about.excluded },
    position,
    by,
    items,
  };
}

const excludedIn = (cells: Cells): Record<string, number> =>
  Object.fromEntries((cells.get('excluded') ?? []).map(([keys, amount]) => [keys.join('|'), Number(amount)]));

/**
 * Groups in the order of their names, and last, under the name null, those who belong to none: all customers less
 * those of the groups. A customer may have several products, so of products there is no such rest.
 */
export function groupsBy(
  by: Breakdown | null,
  all: Cells,
  read: ReadonlyMap<string | null, Cells>,
): readonly Group[] {
  if (by === null) return [{ group: null, cells: all }];
  const groups = [...read]
    .flatMap(([group, cells]) => (group === null ? [] : [{ group, cells }]))
    .sort((a, b) => (a.group < b.group ? -1 : 1));
  if (by === 'product') return groups;
  const rest = less(
    all,
    groups.map(({ cells }) => cells),
  );
  return rest.size === 0 ? groups : [...groups, { group: null, cells: rest }];
}

function less(all: Cells, groups: readonly Cells[]): Cells {
  const rest: Map<string, Map<string, Whole>> = new Map();
  const addAll = (cells: Cells, change: typeof plus): void => {
    for (const [kind, entries] of cells) {
      if (kind === 'excluded') continue;
      let sums = rest.get(kind);
      if (sums === undefined) rest.set(kind, (sums = new Map()));
      for (const [keys, amount] of entries) {
        const key = keys.join('|');
        sums.set(key, change(sums.get(key) ?? 0, amount));
      }
    }
  };
  addAll(all, plus);
  for (const cells of groups) addAll(cells, minus);
  const left = new Map<string, [string[], Whole][]>();
  for (const [kind, sums] of rest) {
    const entries = [...sums]
      .filter(([, amount]) => amount !== 0)
      .map(([key, amount]): [string[], Whole] => [key.split('|'), amount]);
    if (entries.length > 0) left.set(kind, entries);
  }
  return left as Cells; // its kinds came from Cells
}
