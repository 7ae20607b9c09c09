/** What the suites of the contract share. */
import { setTimeout as delay } from 'node:timers/promises';
import type { CollectionCommit, ListEntry, ReadStore } from '../port.js';

export interface OpenedReadStore {
  /** On data of its own: nothing committed before is in it. */
  readonly store: ReadStore;
  /** Another connection to the same data; `close` closes it too. */
  second(): Promise<ReadStore>;
  close(): Promise<void>;
}

/** A commit that follows on nothing unless told so, at checkpoint `expected + 1`. */
export function following(changes: Partial<CollectionCommit>): CollectionCommit {
  return {
    collection: 'v@1',
    expected: null,
    checkpoint: (changes.expected ?? 0n) + 1n,
    documents: new Map(),
    listed: [],
    unlisted: [],
    cells: new Map(),
    progress: new Map([[0, '{}']]),
    ...changes,
  };
}

export const documents = (...keys: string[]) => new Map(keys.map((k) => [k, JSON.stringify({ k })]));
export const at = (list: string, sort: string, key: string): ListEntry => ({ list, sort, key });
export const placeOf = (item: Pick<ListEntry, 'sort' | 'key'> | undefined) =>
  item && { sort: item.sort, key: item.key };

/** Begins the collection where there is none, and commits. */
export async function put(store: ReadStore, changes: Partial<CollectionCommit>): Promise<void> {
  const commit = following(changes);
  await store.begin(commit.collection, '{}');
  await store.commit([commit]);
}

/** Waits for a condition, never for a time: asks until it is answered with something, and gives up long after. */
export async function until<T>(condition: () => Promise<T | null | false>): Promise<T> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const answer = await condition();
    if (answer !== null && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error('This never came true');
    await delay(5);
  }
}

export const turn = () => new Promise((resolve) => setImmediate(resolve));
