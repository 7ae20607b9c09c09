/**
 * The read store port: documents by key, sorted lists of them, sums, and one atomic commit of all three with
 * the checkpoint. Several processes may move one collection, each some of its partitions, which it holds by leases. `contract.ts` states the semantics and every adapter passes. What is in a read store can be
 * thrown away and rebuilt from the log.
 *
 * The store keeps text: a document is JSON that only its view understands.
 *
 * Names (of collections, views, lists, keys, cells) are text, not empty, without control characters. Where names are
 * sorted it is by code point, which is the byte order of UTF-8 and so the order of SQLite and of Redis;
 * JavaScript's `<` agrees with it outside the surrogates. A `sort` is printable ASCII, so that all agree.
 * What is not so is refused with a TypeError (`checks.ts`).
 */
import type { Whole } from '#kernel';
import type { Position } from '#event-store/port.js';

/** A collection is one version of one view, for example `timeline@1`. */
export type Collection = string;

/** Puts a document in a list, at a place given by `sort` and, where that is equal, by `key`. */
export interface ListEntry {
  readonly list: string;
  readonly sort: string;
  /** The document, which must exist once the commit is made. */
  readonly key: string;
}

export interface CollectionCommit {
  /** It was begun. */
  readonly collection: Collection;
  /** The checkpoint this commit builds on, of each of its partitions; null where they have none yet. */
  readonly expected: Position | null;
  readonly checkpoint: Position;
  /**
   * The partitions that move, at least one, each with small JSON to keep beside its checkpoint: what the runner wants
   * to know again after a crash. Documents, lists and cells are the whole collection's.
   */
  readonly progress: ReadonlyMap<number, string>;
  /** JSON text by key. Null deletes the document; whoever does that gives its entries in `unlisted`. */
  readonly documents: ReadonlyMap<string, string | null>;
  /** Entries to have, after those of `unlisted` have gone: a document moves by being in both. */
  readonly listed: readonly ListEntry[];
  readonly unlisted: readonly ListEntry[];
  /**
   * Whole numbers to add. A cell that comes to 0 is gone. Sums are exact within 64 bits with a sign; a commit that would
   * take one further is refused.
   */
  readonly cells: ReadonlyMap<string, Whole>;
}

export interface ListRange {
  /** Continue behind this item of an earlier page (exclusive), in the direction of reading. */
  readonly after?: Pick<ListEntry, 'sort' | 'key'>;
  /** Bounds of `sort` in either direction: from inclusive, to exclusive. */
  readonly from?: string;
  readonly to?: string;
  /** Default: ascending. Descending turns round the keys of one `sort` too. */
  readonly direction?: 'ascending' | 'descending';
  /** 1 to MAX_PAGE; a RangeError otherwise. */
  readonly limit: number;
}

export const MAX_PAGE = 1000;

export interface ListItem {
  readonly sort: string;
  readonly key: string;
  readonly document: string;
}

/** A page as it goes over the wire. */
export interface TextPage {
  /** The documents as one JSON array. */
  readonly text: string;
  /** Where the next page continues; null for an empty page. */
  readonly last: Pick<ListItem, 'sort' | 'key'> | null;
  readonly count: number;
}

/** How far one partition of a collection is. */
export interface PartitionState {
  /** Null for one that was begun and has seen nothing. */
  readonly checkpoint: Position | null;
  readonly progress: string;
}

/**
 * The right to do something alone, for a time that its holder extends. Who froze may wake up and believe that it still
 * holds the lease: its token is no longer the newest then, and a commit that shows it is refused.
 */
export interface Lease {
  readonly name: string;
  /** One process, and no later one: a name that is never used again. */
  readonly holder: string;
  /** The fencing token: larger each time the lease changes hands. */
  readonly token: bigint;
}

/** The read store in Nest's container. */
export const READ_STORE = Symbol('ReadStore');

/** Every method throws ReadStoreUnavailable where the store does not answer, or after `close`. */
export interface ReadStore {
  /** Documents in the order of the keys, all as of one moment; undefined where there is none. */
  get(collection: Collection, keys: readonly string[]): Promise<(string | undefined)[]>;
  range(collection: Collection, list: string, range: ListRange): Promise<ListItem[]>;
  /** The same page, never parsed: a timeline is read far more often than it is looked into. */
  rangeText(collection: Collection, list: string, range: ListRange): Promise<TextPage>;
  /** Number of entries in a list. */
  size(collection: Collection, list: string): Promise<number>;
  /** Cells whose name starts with the prefix, sorted by name. */
  cells(collection: Collection, prefix: string): Promise<[name: string, amount: Whole][]>;
  /**
   * All of it or none of it, over all the collections given (each at most once), and only while every one of the
   * `leases` is still its holder's: not taken by another since, though its time may be over.
   * @throws LeaseLost, UnknownCollection, WrongCheckpoint, ReadStoreUnavailable, and TypeError for what no store could keep
   */
  commit(commits: readonly CollectionCommit[], leases?: readonly Lease[]): Promise<void>;
  /**
   * Makes an empty collection of so many partitions (default 1) without a checkpoint; changes nothing where it exists.
   * @param about text to keep with the collection as a whole; empty where nothing is given
   */
  begin(collection: Collection, progress: string, partitions?: number, about?: string): Promise<void>;
  /** The text that is kept with the collection as a whole; null where it does not exist. */
  about(collection: Collection): Promise<string | null>;
  /** Keeps another text with it. @throws UnknownCollection */
  describe(collection: Collection, about: string): Promise<void>;
  /** By number of the partition; empty where the collection does not exist. */
  states(collection: Collection): Promise<readonly PartitionState[]>;
  /** Sorted by name. */
  collections(): Promise<Collection[]>;
  /** The collection that queries of a view are answered from. */
  active(view: string): Promise<Collection | null>;
  /** The one switch: from now on queries of the view are answered from this collection. @throws UnknownCollection */
  activate(view: string, collection: Collection): Promise<void>;
  /**
   * Forgets a collection and all that is in it; no view is answered from it any more. One of that name starts again
   * without a checkpoint.
   */
  drop(collection: Collection): Promise<void>;
  /**
   * Every document of a collection, sorted by key: for comparing two of them. What is committed meanwhile may
   * be seen or not; every document that stays is seen exactly once.
   */
  scan(collection: Collection): AsyncIterable<{ readonly key: string; readonly document: string }>;
  /**
   * Leaves nothing of what was deleted or replaced in what the store keeps on disk. To be called after a person was
   * erased; it may rewrite everything.
   * @throws ReadStoreUnavailable where it could not; call it again
   */
  compact(): Promise<void>;
  /** Removes what builds of an older layout left. To be called once every view is live in this one. */
  removeOlderLayouts(): Promise<void>;
  /**
   * Takes a lease that nobody holds, or whose time is over, under a new token; its holder extends it under the same
   * one. Time is the store's own. Null while another holds it.
   */
  lease(name: string, holder: string, ttlMs: number): Promise<Lease | null>;
  /** Gives it back before its time is over; changes nothing where it was lost. */
  release(lease: Lease): Promise<void>;
  /** Those held now, of which the name starts with the prefix, sorted by name. */
  leases(prefix: string): Promise<readonly Lease[]>;
  /**
   * Why the store cannot do all of its work, though it may answer: a sentence for anybody, without a folder, an address
   * or a person. Null where nothing is known to be wrong.
   */
  trouble?(): Promise<string | null>;
  /** Twice is once. */
  close(): Promise<void>;
}

/** Dropped, or lost by the store: there is nothing to commit to until it is begun again. */
export class UnknownCollection extends Error {
  override readonly name = 'UnknownCollection';
  constructor(readonly collection: Collection) {
    super(`${collection} was not begun, or is no longer there`);
  }
}

/** Another holds the lease now: whatever was prepared under it is void. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  constructor(readonly lease: Lease) {
    super(`${lease.name} is no longer held under token ${lease.token}`);
  }
}

export class WrongCheckpoint extends Error {
  override readonly name = 'WrongCheckpoint';
  constructor(
    readonly collection: Collection,
    readonly expected: Position | null,
    readonly actual: Position | null,
    readonly partition = 0,
  ) {
    super(
      `${partition === 0 ? collection : `Partition ${partition} of ${collection}`} is at ${actual ?? 'no checkpoint'}, not at ${expected ?? 'no checkpoint'}`,
    );
  }
}

/** The store did not answer, or answered that it cannot. Whether a commit happened is told by `states`. */
export class ReadStoreUnavailable extends Error {
  override readonly name = 'ReadStoreUnavailable';
}
