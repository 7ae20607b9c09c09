/** Views against the same fold without a store: every document, list and sum is what the log makes from event 0. */
import { expect } from '@jest/globals';
import type { Codec } from '#event-store/codec/index.js';
import type { EventStore, StoredEvent } from '#event-store/index.js';
import type { Recorded } from '#kernel';
import { foldAll, type AnyView } from '#projections/index.js';
import type { ListItem, ReadStore } from '#read-store/index.js';

interface Stores {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly codec: Codec;
}

export async function wholeLog({ eventStore }: Pick<Stores, 'eventStore'>): Promise<StoredEvent[]> {
  const stored = [];
  for await (const event of eventStore.readAll()) stored.push(event);
  return stored;
}

/** Every event that can be read. */
export async function recorded(stores: Pick<Stores, 'eventStore' | 'codec'>): Promise<Recorded[]> {
  const decoded = await stores.codec.decode(await wholeLog(stores));
  return decoded.flatMap((one): Recorded[] => (one.kind === 'known' ? [one.event] : []));
}

export async function expectFold(stores: Stores, view: AnyView, events?: readonly Recorded[]): Promise<void> {
  const { readStore } = stores;
  const collection = (await readStore.active(view.name))!; // a view that is not live fails the test here
  const expected = foldAll(view, events ?? (await recorded(stores))).changes();

  const documents = new Map<string, string>();
  for await (const { key, document } of readStore.scan(collection)) documents.set(key, document);
  const folded = [...expected.documents].filter(([, document]) => document !== null);
  expect([...documents].sort()).toEqual(folded.sort());

  expect(await readStore.cells(collection, '')).toEqual(
    [...expected.cells].sort(([a], [b]) => (a < b ? -1 : 1)),
  );

  const lists = new Map<string, string[]>();
  for (const { list, key } of expected.listed) lists.set(list, [...(lists.get(list) ?? []), key]);
  for (const [list, items] of await wholeLists(readStore, collection, lists.keys()))
    expect(items.map(({ key }) => key).sort()).toEqual(lists.get(list)?.sort());
}

export async function wholeLists(
  readStore: ReadStore,
  collection: string,
  lists: Iterable<string>,
): Promise<Map<string, ListItem[]>> {
  const whole = new Map<string, ListItem[]>();
  for (const list of lists) whole.set(list, await wholeList(readStore, collection, list));
  return whole;
}

async function wholeList(readStore: ReadStore, collection: string, list: string): Promise<ListItem[]> {
  const items: ListItem[] = [];
  for (;;) {
    const after = items.at(-1);
    const page = await readStore.range(collection, list, { limit: 1000, ...(after && { after }) });
    items.push(...page);
    if (page.length < 1000) return items;
  }
}
