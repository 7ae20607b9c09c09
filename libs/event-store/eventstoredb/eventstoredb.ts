/** The event store in EventStoreDB: one server or a cluster, shared by as many processes as like. */
import { checkAppend } from '../check-append.js';
import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  NewEvent,
  Position,
  ReadAll,
  ReadStream,
  StoredEvent,
  Subscribe,
  SubscriptionMessage,
} from '../port.js';
import { append } from './append.js';
import { Connection } from './connection.js';
import { isOfUsers } from './filter.js';
import { Log } from './log.js';
import {
  SubscriptionStates,
  type SubscriptionNotice,
  type SubscriptionState,
} from './subscription-states.js';
import { subscription, type Patience } from './subscription.js';
import { serverUrl } from './url.js';

export interface EventStoreDbOptions {
  /**
   * The connection string: `esdb://user:password@host:2113?tls=true`, several hosts with commas, or
   * `esdb+discover://` for the DNS name of a cluster. TLS, certificates, keep-alive and discovery are its options.
   */
  readonly url: string;
  /** Who the server is told is connected, unless the connection string says it. */
  readonly connectionName?: string;
  /** How long a call may take, in milliseconds. Default: the connection string's defaultDeadline, or 10,000. */
  readonly deadlineMs?: number;
  /** Told when a subscription breaks, catches up, or is live again. */
  readonly notice?: SubscriptionNotice;
  readonly patience?: Partial<Patience>;
}

/** An event store, and how its subscriptions are doing. */
export interface EventStoreDb extends EventStore {
  subscriptions(): readonly SubscriptionState[];
}

const DEADLINE_MS = 10_000;
const PATIENCE: Patience = { quietMs: 1000, backOffMs: [100, 3000] };

/**
 * Connects, and makes sure by one cheap call that there is a server that lets this user read.
 * @throws TypeError with one line that says what to change in the connection string
 * @throws StoreUnavailable with one line that says what to do about the server
 */
export async function openEventStoreDb(options: EventStoreDbOptions): Promise<EventStoreDb> {
  const url = serverUrl(options.url, options.connectionName);
  const connection = new Connection(url, options.deadlineMs ?? url.defaultDeadlineMs ?? DEADLINE_MS);
  const store = new EventStoreDbStore(connection, new SubscriptionStates(options.notice), {
    ...PATIENCE,
    ...options.patience,
  });
  try {
    await store.check();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

class EventStoreDbStore implements EventStoreDb {
  /** Positions are offsets in the server's log. */
  readonly contiguous = false;
  readonly #log: Log;
  #closed: Promise<void> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly states: SubscriptionStates,
    private readonly patience: Patience,
  ) {
    this.#log = new Log(connection);
  }

  async append(
    stream: string,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
  ): Promise<AppendResult> {
    checkAppend(stream, events, expected);
    checkNames(stream, events);
    return append(this.connection, this.#log, stream, events, expected);
  }

  readStream(stream: string, options: ReadStream = {}): AsyncIterable<StoredEvent> {
    return this.#told(this.#log.readStream(stream, options));
  }

  readAll(options: ReadAll = {}): AsyncIterable<StoredEvent> {
    return this.#told(this.#log.readAll(options));
  }

  async *subscribe(options: Subscribe = {}): AsyncGenerator<SubscriptionMessage> {
    this.connection.checkOpen();
    const watch = this.states.open(options.filter ?? {}, options.after ?? null);
    yield* subscription(this.#log, options, watch, this.patience);
  }

  async head(): Promise<Position | null> {
    return this.#tell(this.#log.head());
  }

  /** By reading: the server does not count. */
  async count({ to, filter }: Pick<ReadAll, 'to' | 'filter'> = {}): Promise<number> {
    let count = 0;
    for await (const _ of this.readAll({
      ...(to === undefined ? {} : { to }),
      ...(filter ? { filter } : {}),
    }))
      count += 1;
    return count;
  }

  subscriptions(): readonly SubscriptionState[] {
    return this.states.list();
  }

  /** @throws StoreUnavailable */
  async check(): Promise<void> {
    await this.#tell(this.#log.end());
  }

  close(): Promise<void> {
    return (this.#closed ??= this.connection.close());
  }

  /** Errors of calls, in the port's words. */
  async *#told<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* items;
    } catch (error) {
      throw this.connection.failure(error);
    }
  }

  async #tell<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.connection.failure(error);
    }
  }
}

/** What is appended under the server's own names is never read again: it is a system event. @throws TypeError */
function checkNames(stream: string, events: readonly NewEvent[]): void {
  for (const name of [stream, ...events.map(({ type }) => type)])
    if (!isOfUsers(name)) throw new TypeError(`${name} begins with $, as only EventStoreDB's own names do.`);
}
