/** The streams as this process knows them: remembered, and read on from the log where something is missing. */
import type { AnyDecider, StreamName } from '#kernel';
import type { EventStore, StoredEvent } from '#event-store/port.js';
import type { Codec } from '#event-store/codec/index.js';
import { StreamCache } from './stream-cache.js';
import { Deciders, StreamState } from './stream-state.js';

const PAGE = 500;

export interface Log {
  readonly store: EventStore;
  readonly codec: Codec;
  /** The deciders that share a customer's stream. Streams of other kinds have one decider each. */
  readonly customerDeciders: readonly AnyDecider[];
}

export class KnownStreams {
  private readonly cache: StreamCache;
  private readonly customers: Deciders;
  private readonly others = new Map<AnyDecider, Deciders>();

  /** @param capacity remembered events over all streams */
  constructor(
    private readonly log: Log,
    capacity: number,
  ) {
    this.cache = new StreamCache(capacity);
    this.customers = new Deciders(log.customerDeciders);
  }

  /** What is remembered of the stream, which others may have written to since. */
  remembered(stream: StreamName): StreamState | undefined {
    return this.cache.get(stream);
  }

  async read(stream: StreamName, decider: AnyDecider): Promise<StreamState> {
    const deciders = stream.startsWith('customer-') ? this.customers : this.alone(decider);
    const state = new StreamState(deciders, this.log.codec.catalogue);
    await this.readOn(stream, state);
    return state;
  }

  /** Folds what the log has after the state's head. */
  async readOn(stream: StreamName, state: StreamState): Promise<void> {
    let page: StoredEvent[] = [];
    const see = async (): Promise<void> => {
      for (const decoded of await this.log.codec.decode(page)) state.see(decoded);
      page = [];
    };
    for await (const event of this.log.store.readStream(stream, { from: state.head.revision + 1n })) {
      page.push(event);
      if (page.length === PAGE) await see();
    }
    if (page.length > 0) await see();
    if (state.head.revision >= 0n) this.cache.keep(stream, state);
  }

  /** Remembers the stream as the most recent one; again after it has grown. */
  keep(stream: StreamName, state: StreamState): void {
    this.cache.keep(stream, state);
  }

  /** Forgets a stream of which nothing is certain any more. */
  drop(stream: StreamName): void {
    this.cache.drop(stream);
  }

  /** Forgets everything: the log is not what it was. */
  clear(): void {
    this.cache.clear();
  }

  private alone(decider: AnyDecider): Deciders {
    let deciders = this.others.get(decider);
    if (deciders === undefined) this.others.set(decider, (deciders = new Deciders([decider])));
    return deciders;
  }
}
