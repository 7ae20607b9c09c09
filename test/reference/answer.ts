/** The frame of every answer, beside its rows (analytics.md, "Rules for every answer"). */
import { dayAfter, type Day, type Window } from './calendar.js';
import type { Definition } from './facts.js';
import type { By, Grouping, World } from './world.js';

export interface Answer<Row> {
  readonly definition: Definition;
  readonly asOf: Day;
  readonly window: Window & { readonly zone: string };
  /** False while the window runs. */
  readonly complete: boolean;
  readonly currency: string;
  /** Customers that the rows are about; each figure says which. */
  readonly n: number;
  readonly excluded: Readonly<Record<string, number>>;
  readonly by: By | null;
  /** As of when a customer's group is read. */
  readonly grouped: GroupedAt | 'now';
  /** Of the last event of the log that was read, `0` for none. */
  readonly position: string;
  readonly items: readonly Row[];
}

export type GroupedAt = 'start_of_window' | 'first_occasion' | 'first_day_observed' | 'event' | 'day';

/** A window is complete as soon as its last day is counted to its end. */
export const isComplete = ({ end }: Window, asOf: Day): boolean => end <= dayAfter(asOf);

export function answer<Row>(
  { definition, asOf, position }: World,
  { by, membership = 'dated' }: Grouping,
  told: {
    readonly window: Window;
    readonly at: GroupedAt;
    readonly n: number;
    readonly excluded: Readonly<Record<string, number>>;
    readonly items: readonly Row[];
  },
): Answer<Row> {
  const { window, at, n, excluded, items } = told;
  return {
    definition,
    asOf,
    window: { ...window, zone: definition.zone },
    complete: isComplete(window, asOf),
    currency: definition.currency,
    n,
    excluded: { ...excluded },
    by,
    grouped: membership === 'now' ? 'now' : at,
    position,
    items,
  };
}
