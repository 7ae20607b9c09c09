/** The embedded event store: a log in one SQLite file, shared by as many processes of one machine as like. */
import { resolve } from 'node:path';
import { StoreFile, type Identity } from '#sqlite/index.js';
import { checkAppend } from '../check-append.js';
import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  IndexCheck,
  IndexFault,
  NewEvent,
  Position,
  ReadAll,
  ReadStream,
  StoredEvent,
  Subscribe,
  SubscriptionMessage,
} from '../port.js';
import { GroupCommit } from './group-commit.js';
import { indexFaults } from './index-check.js';
import { Pulse } from './pulse.js';
import { Reader } from './reader.js';
import { subscription } from './subscription.js';
import { WORDS } from './words.js';

export interface EmbeddedOptions {
  /** The log's file; it and its folder are made where they do not exist. On a local disk. */
  readonly path: string;
  /** The file that another thread of this process has open: it, and no other, is opened. */
  readonly identity?: Identity | undefined;
}

/** @throws StoreUnavailable with one line that says what to do, when the file cannot serve as the log */
export async function openEmbeddedEventStore(options: EmbeddedOptions): Promise<EventStore> {
  const file = new StoreFile(resolve(options.path), WORDS, options.identity);
  file.claim();
  let wake = (): void => undefined;
  const commits = await GroupCommit.open(file, () => wake());
  try {
    const reader = new Reader(file);
    const pulse = new Pulse(() => reader.dataVersion());
    wake = () => pulse.beat();
    return new EmbeddedEventStore(file, commits, reader, pulse);
  } catch (error) {
    await commits.close();
    throw error;
  }
}

class EmbeddedEventStore implements EventStore {
  /** Positions are given out inside the write lock, behind the last; what is rolled back gives them back. */
  readonly contiguous = true;
  #closed: Promise<void> | undefined;

  constructor(
    private readonly file: StoreFile,
    private readonly commits: GroupCommit,
    private readonly reader: Reader,
    private readonly pulse: Pulse,
  ) {}

  async append(
    stream: string,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
  ): Promise<AppendResult> {
    return this.commits.append(stream, events, expected, checkAppend(stream, events, expected));
  }

  readStream(stream: string, options: ReadStream = {}): AsyncIterable<StoredEvent> {
    return this.reader.readStream(stream, options);
  }

  readAll(options: ReadAll = {}): AsyncIterable<StoredEvent> {
    return this.reader.readAll(options);
  }

  subscribe(options: Subscribe = {}): AsyncIterable<SubscriptionMessage> {
    return subscription(this.reader, this.pulse, options);
  }

  async head(): Promise<Position | null> {
    return this.reader.head();
  }

  async count(options: Pick<ReadAll, 'to' | 'filter'> = {}): Promise<number> {
    return this.reader.count(options);
  }

  indexFaults(check: IndexCheck): AsyncIterable<IndexFault> {
    return indexFaults(this.reader, check);
  }

  async trouble(): Promise<string | null> {
    return this.file.trouble();
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  /** The writer goes last: whoever closes the file last moves the write-ahead log into it. */
  async #close(): Promise<void> {
    this.reader.close();
    this.pulse.beat();
    await this.commits.close();
  }
}
