/** What the suites of the contract share. */
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
    progress: '{}',
    ...changes,
  };
}

export const documents = (...keys: string[]) => new Map(keys.map((k) => [k, JSON.stringify({ k })]));
export const at = (list: string, sort: string, key: string): ListEntry => ({ list, sort, key });
export const placeOf = (item: Pick<ListEntry, 'sort' | 'key'> | undefined) =>
  item && { sort: item.sort, key: item.key };
export const turn = () => new Promise((resolve) => setImmediate(resolve));
