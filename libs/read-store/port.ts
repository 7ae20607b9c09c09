/**
 * The read store port: documents by key, sorted lists of them, sums, and one atomic commit of all three with
 * the checkpoint. `contract.ts` states the semantics and every adapter passes. What is in a read store can be
 * thrown away and rebuilt from the log.
 *
 * The store keeps text: a document is JSON that only its view understands.
 */
import type { Position } from '#event-store/port.js';

/** A collection is one version of one view, for example `timeline@1`. */
export type Collection = string;

/** Puts a document in a list, at a place given by `sort` and then by `key` (both by UTF-16 code unit). */
export interface ListEntry {
  readonly list: string;
  readonly sort: string;
  readonly key: string;
}

export interface CollectionCommit {
  readonly collection: Collection;
  /** The checkpoint this commit builds on; null for a collection that has none yet. */
  readonly expected: Position | null;
  readonly checkpoint: Position;
  /** Null deletes the document, with the entries that name it in `unlisted`. */
  readonly documents: ReadonlyMap<string, string | null>;
  readonly listed: readonly ListEntry[];
  readonly unlisted: readonly ListEntry[];
  /** Whole numbers to add. A cell that comes to 0 is gone. */
  readonly cells: ReadonlyMap<string, number>;
  /** Small JSON kept beside the checkpoint: what the runner wants to know again after a crash. */
  readonly progress: string;
}

export interface ListRange {
  /** Continue behind this item of an earlier page (exclusive), in the direction of reading. */
  readonly after?: Pick<ListEntry, 'sort' | 'key'>;
  /** Bounds of `sort`: from inclusive, to exclusive. */
  readonly from?: string;
  readonly to?: string;
  readonly direction?: 'ascending' | 'descending';
  /** 1 to 1000. */
  readonly limit: number;
}

export interface ListItem {
  readonly sort: string;
  readonly key: string;
  readonly document: string;
}

export interface CollectionState {
  readonly checkpoint: Position | null;
  readonly progress: string;
}

export interface ReadStore {
  /** Documents in the order of the keys; undefined where there is none. */
  get(collection: Collection, keys: readonly string[]): Promise<(string | undefined)[]>;
  range(collection: Collection, list: string, range: ListRange): Promise<ListItem[]>;
  /** Number of entries in a list. */
  size(collection: Collection, list: string): Promise<number>;
  /** Cells whose name starts with the prefix, sorted by name. */
  cells(collection: Collection, prefix: string): Promise<[name: string, amount: number][]>;
  /**
   * All of it or none of it, over all the collections given.
   * @throws WrongCheckpoint, ReadStoreUnavailable
   */
  commit(commits: readonly CollectionCommit[]): Promise<void>;
  /** Makes an empty collection without a checkpoint; changes nothing where it exists. */
  begin(collection: Collection, progress: string): Promise<void>;
  /** Undefined where the collection does not exist. */
  state(collection: Collection): Promise<CollectionState | undefined>;
  collections(): Promise<Collection[]>;
  /** The collection that queries of a view are answered from. */
  active(view: string): Promise<Collection | null>;
  /** The one switch: from now on queries of the view are answered from this collection. */
  activate(view: string, collection: Collection): Promise<void>;
  drop(collection: Collection): Promise<void>;
  /** Every document of a collection in the order of keys: for comparing two of them. */
  scan(collection: Collection): AsyncIterable<{ readonly key: string; readonly document: string }>;
  close(): Promise<void>;
}

export class WrongCheckpoint extends Error {
  override readonly name = 'WrongCheckpoint';
  constructor(
    readonly collection: Collection,
    readonly expected: Position | null,
    readonly actual: Position | null,
  ) {
    super(`${collection} is at ${actual ?? 'no checkpoint'}, not at ${expected ?? 'no checkpoint'}`);
  }
}

export class ReadStoreUnavailable extends Error {
  override readonly name = 'ReadStoreUnavailable';
}
