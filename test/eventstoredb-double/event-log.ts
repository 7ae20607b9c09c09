/**
 * The log: records in one order, and for every stream its own of them.
 *
 * A position is the byte offset at which a record begins, as in EventStoreDB's transaction file: it grows by the
 * size of each record and never by one. What is no beginning of a record is not a position. A record's commit
 * and prepare position are the same number, as they are for everything written without explicit transactions.
 */
import type { Durable } from './durable.js';
import { encodeEvent } from './messages.js';
import { newStream, obey, type StreamState } from './stream-state.js';

/** Offsets count from the start of the log; `EventLog.origin` is added on the wire. */
export type Offset = number;

export interface NewRecord {
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface LogRecord {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly offset: Offset;
  /** When it was written, by the clock of `performance`. */
  readonly writtenAt: number;
  /** The answer that carries the event, encoded once: reading it again and again costs nothing. */
  readonly message: Buffer;
}

/** Length prefix and suffix, and the fixed fields of a record. */
const FRAME_BYTES = 8 + 57;
/** The record of the first epoch, which no reader ever sees, is why no event is at 0. */
const EPOCH_BYTES = 217;
const STATISTICS = '$stats-127.0.0.1:2113';

export class EventLog {
  readonly records: LogRecord[] = [];
  readonly streams = new Map<string, StreamState>();
  /** Called after every write with what was written. */
  readonly readers = new Set<(written: readonly LogRecord[]) => void>();
  /** The server's cache of ids for appends that expect `any`. It does not survive a restart. */
  readonly recentIds = new Map<string, LogRecord>();
  /** Where appends without events stand: they have a place in the log, and no reader sees them. */
  readonly #unseen = new Set<Offset>();
  #end: Offset = EPOCH_BYTES;
  #sinceStatistics = 0;

  constructor(
    readonly origin: bigint,
    private readonly statisticsEvery: number,
    private readonly durable: Durable | null,
  ) {
    durable?.replay((stream, events, created) => this.#add(stream, events, created));
    if (this.records.length === 0) this.#writeWhatAnEmptyDatabaseHolds();
  }

  /** The offset at which the next record will begin. */
  get end(): Offset {
    return this.#end;
  }

  /** Writes without a question. System events of the server's own follow now and then. */
  write(stream: string, events: readonly NewRecord[]): readonly LogRecord[] {
    const created = Date.now();
    this.durable?.keep(stream, events, created);
    const written = this.#add(stream, events, created);
    for (const reader of this.readers) reader(written);
    this.#sinceStatistics += stream.startsWith('$') ? 0 : events.length;
    if (this.#sinceStatistics >= this.statisticsEvery) {
      this.#sinceStatistics = 0;
      this.write(STATISTICS, [systemEvent('$statsCollected', { 'proc-cpu': 1 })]);
    }
    return written;
  }

  /** Index of the first record that begins at or behind the offset. */
  indexAt(offset: Offset): number {
    let [low, high] = [0, this.records.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.records[middle]?.offset ?? Infinity) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether reading may begin here: at the start, at a record, or behind the last one. */
  isBoundary(offset: Offset): boolean {
    if (offset === 0 || offset >= this.#end || this.#unseen.has(offset)) return true;
    return this.records[this.indexAt(offset)]?.offset === offset;
  }

  #add(stream: string, events: readonly NewRecord[], created: number): readonly LogRecord[] {
    const state = this.#stateOf(stream);
    if (state.truncateBefore === Infinity) state.truncateBefore = state.records.length;
    if (events.length === 0) {
      this.#unseen.add(this.#end);
      this.#end += FRAME_BYTES + Buffer.byteLength(stream);
    }
    const written: LogRecord[] = [];
    const writtenAt = performance.now();
    for (const event of events) {
      const place = { stream, revision: state.records.length, offset: this.#end };
      const message = encodeEvent(event, place, this.origin, created);
      const record = { id: event.id, type: event.type, ...place, writtenAt, message };
      this.#end += sizeOf(stream, event);
      this.records.push(record);
      state.records.push(record);
      this.recentIds.set(event.id, record);
      written.push(record);
    }
    this.#followMetadata(stream, events);
    return written;
  }

  /** Events say what becomes of a stream; so it is found again when the log is replayed. */
  #followMetadata(stream: string, events: readonly NewRecord[]): void {
    const last = events.at(-1);
    if (last?.type === '$streamDeleted') this.#stateOf(stream).tombstoned = true;
    if (last?.type === '$metadata' && stream.startsWith('$$'))
      obey(this.#stateOf(stream.slice(2)), last.data);
  }

  /** A stream that has metadata, and no events yet, has a state too. */
  #stateOf(stream: string): StreamState {
    let state = this.streams.get(stream);
    if (!state) this.streams.set(stream, (state = newStream()));
    return state;
  }

  #writeWhatAnEmptyDatabaseHolds(): void {
    this.write('$$' + STATISTICS, [systemEvent('$metadata', { $maxAge: 86_400 })]);
    this.write('$user-admin', [systemEvent('$UserCreated', { loginName: 'admin', groups: ['$admins'] })]);
    this.write('$users', [systemEvent('$User', 'admin')]);
  }
}

export const systemEvent = (type: string, data: unknown): NewRecord => ({
  id: crypto.randomUUID(),
  type,
  isJson: true,
  data: Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)),
  metadata: new Uint8Array(),
});

const sizeOf = (stream: string, { type, data, metadata }: NewRecord): number =>
  FRAME_BYTES + Buffer.byteLength(stream) + Buffer.byteLength(type) + data.length + metadata.length;
