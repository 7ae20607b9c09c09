/**
 * The event store port. Its semantics are EventStoreDB's; `contract.ts` states them and every adapter passes.
 *
 * The store keeps text: what an event means is the codec's business. Positions strictly increase over the
 * whole log, and no event is ever committed behind one that a reader has already seen.
 */
import type { Mark } from './mark.js';

export type Revision = bigint;
export type Position = bigint;

/** `any` and `stream_exists` do not name a revision; a bigint is the exact revision of the last event. */
export type ExpectedRevision = Revision | 'any' | 'no_stream' | 'stream_exists';

export interface NewEvent {
  /** A UUID in lower case. Appending the same ids again with the same expectation answers as the first time did. */
  readonly id: string;
  readonly type: string;
  /** JSON text of an object. */
  readonly data: string;
  /** JSON text of an object. */
  readonly metadata: string;
}

export interface StoredEvent extends NewEvent {
  readonly stream: string;
  readonly revision: Revision;
  readonly position: Position;
}

export interface AppendResult {
  /** Revision of the last event of the append. */
  readonly revision: Revision;
  /** Position of the last event of the append. */
  readonly position: Position;
}

/** Both given: both must match. An empty filter lets everything through. */
export interface EventFilter {
  readonly types?: readonly string[];
  readonly streamPrefix?: string;
}

export interface ReadStream {
  /** Inclusive. Default: the first event forwards, the last backwards. */
  readonly from?: Revision;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

export interface ReadAll {
  /** Exclusive. Default: from the beginning. */
  readonly after?: Position;
  /** Inclusive. Default: to the head as it is when the read gets there. */
  readonly to?: Position;
  readonly filter?: EventFilter;
  readonly limit?: number;
}

export type SubscriptionMessage =
  | { readonly kind: 'event'; readonly event: StoredEvent }
  /** Everything up to `position` has been delivered; what follows is live. Said again after each gap. */
  | { readonly kind: 'caught-up'; readonly position: Position | null }
  /** Nothing since the last event up to `position` matched the filter: a checkpoint may move there. */
  | { readonly kind: 'passed'; readonly position: Position };

export interface Subscribe {
  /** Exclusive. Default: from the beginning. */
  readonly after?: Position | null;
  /** The event at or before `after`, where it is known. */
  readonly mark?: Mark | null;
  readonly filter?: EventFilter;
  /** Ends the iteration without an error. */
  readonly signal?: AbortSignal;
}

/** Where the index of streams and the log do not say the same. Texts, for a file may hold anything where a number belongs. */
export interface IndexFault {
  /** Null where no name is known. */
  readonly stream: string | null;
  readonly revision: string | null;
  readonly position: string | null;
  /** The rest of a sentence that begins with the place. */
  readonly reason: string;
}

export interface IndexCheck {
  /** Inclusive: events up to here are looked for. */
  readonly to: Position;
  /** Only what concerns this stream. Default: everything. */
  readonly stream?: string;
  /** Ends the check with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The event store in Nest's container. */
export const EVENT_STORE = Symbol('EventStore');

export interface EventStore {
  /** True where positions are 1, 2, 3 and so on, so that an event that was removed leaves a gap. */
  readonly contiguous: boolean;
  /**
   * Appends all the events or none of them. Events of which only the first are there already are refused.
   * @throws WrongExpectedRevision, EventTooLarge, StoreUnavailable; TypeError for what is no append at all
   */
  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult>;
  /** A stream that does not exist has no events. */
  readStream(stream: string, options?: ReadStream): AsyncIterable<StoredEvent>;
  readAll(options?: ReadAll): AsyncIterable<StoredEvent>;
  /**
   * @throws OtherLog when the log ends before `after`, or has something else at `mark`: at the start, and whenever it is
   * resumed or runs out of events
   */
  subscribe(options?: Subscribe): AsyncIterable<SubscriptionMessage>;
  /** Position of the newest event, or null for an empty log. */
  head(): Promise<Position | null>;
  /** Number of events up to `to`, inclusive. Slow where the store cannot count by itself. */
  count(options?: Pick<ReadAll, 'to' | 'filter'>): Promise<number>;
  /**
   * What is wrong with the index by which this store reads streams. In order it leads to each event of the log once, at its
   * stream and revision, and to nothing else. It may be asked while others append. Only of a store that keeps the index
   * itself: a server's own is not ours to see.
   */
  indexFaults?(check: IndexCheck): AsyncIterable<IndexFault>;
  /**
   * Why the store cannot do all of its work, though it may answer: a sentence for anybody, without a folder, an address
   * or a person. Null where nothing is known to be wrong.
   */
  trouble?(): Promise<string | null>;
  close(): Promise<void>;
}

/** Largest `data` + `metadata` of one event, in UTF-8 bytes. */
export const MAX_EVENT_BYTES = 500 * 1024;
/**
 * Largest append, and most events in it. The bytes are those of `data` and `metadata` and two for each UTF-16 unit
 * of `type`: EventStoreDB counts so, and takes 1 MiB unless it is told to take more.
 */
export const MAX_APPEND_BYTES = 1024 * 1024;
export const MAX_APPEND_EVENTS = 1000;

export class WrongExpectedRevision extends Error {
  override readonly name = 'WrongExpectedRevision';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    /** Null when the stream does not exist. */
    readonly actual: Revision | null,
  ) {
    super(`${stream} is at ${actual ?? 'no_stream'}, not at ${expected}`);
  }
}

export class EventTooLarge extends Error {
  override readonly name = 'EventTooLarge';
}

/** The log does not have what was read from it: it is older, cut off, or another. */
export class OtherLog extends RangeError {
  override readonly name = 'OtherLog';
}

/** The store did not answer, or answered that it cannot. Whether an append happened is not known. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
