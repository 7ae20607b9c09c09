/** What every answer of this context says beside its figures: by which rule, as of when, and what it left out. */
import { addDays, monthOf, type Month } from '#kernel';
import type { Breakdown, Cells, Figures } from '#ledger/index.js';
import type { RetentionDefinition } from '#retention/events.js';

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
  /** By what a customer belonged to when, the groups are made. */
  readonly grouped: GroupedAt | 'now';
  readonly items: readonly Item[];
}

/** When a customer's group is read: at the start of the window, at its first occasion, or at the event that is counted. */
export type GroupedAt = 'start_of_window' | 'first_occasion' | 'first_day' | 'event' | 'day';

/** Up to when something is known. `until` is the first day that is not over, or not asked about. */
export interface Observation {
  readonly asOf: string;
  readonly until: string;
}

/** The day as of which figures are read: null where it is not over, and all that is known counts. */
export const dayRead = ({ asOf, until }: Observation): string | null => (asOf === until ? null : asOf);

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
    readonly grouped: GroupedAt;
    readonly excluded?: Readonly<Record<string, number>>;
  },
  items: readonly Item[],
): Answer<Item> {
  const { definition, position, all, by, membership } = figures;
  return {
    definition: { name: 'retention', ...definition },
    asOf: seen.asOf,
    window: { start: about.start, end: about.end, zone: definition.zone },
    complete: about.complete,
    currency: definition.currency,
    n: about.n,
    excluded: { ...inOtherCurrencies(all, about, seen), ...about.excluded },
    position,
    by,
    grouped: membership === 'now' ? 'now' : about.grouped,
    items,
  };
}

/** The kinds that say what every answer leaves out. */
export const EXCLUDED_KINDS = ['foreign', 'foreignStart', 'foreignEnd'] as const;

/** Purchases of the days of a window, and contracts in force on one of them, whose amounts are in another currency. */
function inOtherCurrencies(
  cells: Cells,
  { start, end }: { readonly start: string; readonly end: string },
  { asOf }: Observation,
): Record<string, number> {
  const sum = (kind: (typeof EXCLUDED_KINDS)[number], counts: (day: string) => boolean): number =>
    (cells.get(kind) ?? []).reduce(
      (all, [[day = ''], amount]) => (counts(day) ? all + Number(amount) : all),
      0,
    );
  const begun = (day: string): boolean => day < end && day <= asOf;
  if (start > asOf) return {};
  const purchases = sum('foreign', (day) => day >= start && begun(day));
  const contracts = sum('foreignStart', begun) - sum('foreignEnd', (day) => day <= start);
  return {
    ...(purchases > 0 && { purchases_in_other_currencies: purchases }),
    ...(contracts > 0 && { subscriptions_in_other_currencies: contracts }),
  };
}
