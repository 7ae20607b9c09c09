/** Memberships of a customer, and their days: histories ordered by the time of the fact, ties by recording (domain.md D2). */
import { dayOf, type Day } from './calendar.js';
import { every, inOrder, type RecordedEvent } from './events.js';
import { occurred, type Moment } from './purchases.js';

export interface Entry {
  readonly from: Day;
  readonly value: string;
}

export type Dimension = 'segment' | 'region' | 'unit' | 'relationship' | 'owner';

export interface Memberships {
  readonly segment: readonly Entry[];
  readonly region: readonly Entry[];
  readonly unit: readonly Entry[];
  readonly relationship: readonly Entry[];
  readonly owner: readonly Entry[];
  /** Added and removed, in the order of the world. */
  readonly tags: readonly { readonly from: Day; readonly tag: string; readonly added: boolean }[];
}

export function membershipsAsOf(events: readonly RecordedEvent[], moment: Moment): Memberships {
  const past = inOrder(events).filter(({ occurredAt }) => occurred(occurredAt, moment));
  const history = (valueOf: (event: RecordedEvent) => string | undefined): Entry[] =>
    past.flatMap((event) => {
      const value = valueOf(event);
      return value === undefined ? [] : [{ from: dayOf(event.occurredAt, moment.zone), value }];
    });
  const field = (types: readonly string[], name: string) => (event: RecordedEvent) =>
    types.includes(event.type) ? (event.data as Record<string, string | undefined>)[name] : undefined; // texts all
  return {
    segment: history(field(['MarketSegmentAssigned'], 'segment')),
    region: history(field(['RegionAssigned'], 'region')),
    unit: history(field(['BusinessUnitAssigned'], 'unit')),
    relationship: history(field(['CustomerRegistered', 'ProfileCorrected'], 'relationship')),
    owner: history(field(['OwnerAssigned'], 'owner')),
    tags: past.flatMap(({ type, data, occurredAt }) =>
      type === 'TagAdded' || type === 'TagRemoved'
        ? [
            {
              from: dayOf(occurredAt, moment.zone),
              tag: (data as { tag: string }).tag,
              added: type === 'TagAdded',
            },
          ]
        : [],
    ),
  };
}

/** The value that held at the end of a day; null where nothing did yet. */
export const heldOn = (history: readonly Entry[], day: Day): string | null =>
  history.filter(({ from }) => from <= day).at(-1)?.value ?? null;

/** Tags held at the end of a day, by name. */
export function tagsOn({ tags }: Memberships, day: Day): string[] {
  const held = new Set<string>();
  for (const { from, tag, added } of tags) {
    if (from > day) continue;
    if (added) held.add(tag);
    else held.delete(tag);
  }
  return [...held].sort();
}

/** `customerSince` as it was told last. */
export const customerSinceAsOf = (events: readonly RecordedEvent[], moment: Moment): Day | null =>
  inOrder([...every(events, 'CustomerRegistered'), ...every(events, 'ProfileCorrected')])
    .filter(({ occurredAt }) => occurred(occurredAt, moment))
    .map(({ data }) => (data as { customerSince?: Day }).customerSince)
    .filter((since) => since !== undefined)
    .at(-1) ?? null;
