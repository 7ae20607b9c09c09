/**
 * Group commit: appends that arrive while the disk is busy share the next commit. All appends made in one turn
 * of the event loop leave together; a second batch follows while the first commits only when it is large
 * enough to be worth a commit of its own, for otherwise waiting makes one larger group out of two.
 *
 * An append is answered after its commit is durable. When the writer dies, what it had in hand is rejected
 * (nobody knows whether it was committed; a repetition will tell) and a new writer takes over.
 */
import { Worker } from 'node:worker_threads';
import type { StoreFile } from '#sqlite/index.js';
import {
  APPENDED,
  NUMBERS_PER_VERDICT,
  pack,
  type FromWriter,
  type ToWriter,
  type Verdicts,
} from './batch.js';
import {
  StoreUnavailable,
  WrongExpectedRevision,
  type AppendResult,
  type ExpectedRevision,
  type NewEvent,
} from '../port.js';
import type { WriterData } from './writer.js';

const MAX_IN_FLIGHT = 2;
/** Events that make a second batch worth its own commit. */
const WORTH_A_COMMIT = 64;
/** Most of one batch, so that no append waits long for the company it is in. */
const MAX_BATCH_EVENTS = 1024;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

interface Append {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  readonly expected: ExpectedRevision;
  readonly bytes: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
}

export class GroupCommit {
  readonly #file: StoreFile;
  readonly #onCommit: () => void;
  #writer: Worker | undefined;
  /** What is waiting, oldest first, in events. */
  #queue: Append[] = [];
  #queued = 0;
  #inFlight: (readonly Append[])[] = [];
  #scheduled = false;
  #closing = false;
  #idle: (() => void) | undefined;

  private constructor(file: StoreFile, onCommit: () => void) {
    this.#file = file;
    this.#onCommit = onCommit;
  }

  /** @throws StoreUnavailable when the log cannot be opened for writing */
  static async open(file: StoreFile, onCommit: () => void): Promise<GroupCommit> {
    const commits = new GroupCommit(file, onCommit);
    await new Promise<void>((resolve, reject) => commits.#start(resolve, reject));
    return commits;
  }

  append(
    stream: string,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
    bytes: number,
  ): Promise<AppendResult> {
    if (this.#closing) return Promise.reject(new StoreUnavailable('The event store is closed.'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ stream, events, expected, bytes, resolve, reject });
      this.#queued += events.length;
      this.#schedule();
    });
  }

  /** Waits for every append made so far, moves the write-ahead log into the file and ends the writer. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#inFlight.length > 0 || this.#queue.length > 0)
      await new Promise<void>((resolve) => (this.#idle = resolve));
    const writer = this.#writer;
    if (!writer) return;
    const ended = new Promise((resolve) => writer.once('exit', resolve));
    writer.ref();
    writer.postMessage({ kind: 'close' } satisfies ToWriter);
    await ended;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#depart();
    });
  }

  #depart(): void {
    while (this.#queue.length > 0 && this.#mayDepart()) {
      const writer = this.#writer ?? this.#start();
      writer.ref(); // an append without its answer keeps the process alive
      const appends = this.#takeBatch();
      const numbers: number[] = [];
      const texts: string[] = [];
      for (const { stream, events, expected } of appends) pack(numbers, texts, stream, events, expected);
      this.#inFlight.push(appends);
      writer.postMessage({ kind: 'batch', batch: { numbers, texts } } satisfies ToWriter);
    }
    if (this.#inFlight.length > 0) return;
    this.#idle?.();
    if (!this.#closing) this.#writer?.unref();
  }

  #mayDepart(): boolean {
    if (this.#inFlight.length === 0) return true;
    return this.#inFlight.length < MAX_IN_FLIGHT && this.#queued >= WORTH_A_COMMIT;
  }

  #takeBatch(): readonly Append[] {
    let count = 0;
    let events = 0;
    let bytes = 0;
    for (const append of this.#queue) {
      events += append.events.length;
      bytes += append.bytes;
      if (count > 0 && (events > MAX_BATCH_EVENTS || bytes > MAX_BATCH_BYTES)) break;
      count++;
      this.#queued -= append.events.length;
    }
    return this.#queue.splice(0, count);
  }

  #start(opened?: () => void, refused?: (error: Error) => void): Worker {
    const { path, identity } = this.#file;
    const workerData: WriterData = { path, identity };
    const writer = new Worker(new URL('./writer.js', import.meta.url), { workerData });
    let reason = `The writer of the event log ${path} ended unexpectedly.`;
    writer.on('message', (message: FromWriter) => {
      switch (message.kind) {
        case 'open':
          if (this.#inFlight.length === 0) writer.unref();
          return opened?.();
        case 'committed':
          this.#file.written();
          this.#settle(message.verdicts);
          return this.#onCommit();
        case 'failed':
          if (message.said !== null) this.#file.unwritten(message.said);
          return this.#fail(message.reason);
        case 'refused':
          if (message.said !== null) this.#file.unwritten(message.said);
          reason = message.reason;
      }
    });
    writer.on('error', (error) => (reason = `The writer of the event log ${path} ended: ${error.message}`));
    writer.on('exit', () => {
      this.#writer = undefined;
      refused?.(new StoreUnavailable(reason));
      while (this.#inFlight.length > 0) this.#fail(reason);
      this.#schedule();
    });
    this.#writer = writer;
    return writer;
  }

  #settle(verdicts: Verdicts): void {
    const appends = this.#inFlight.shift() ?? [];
    for (const [index, { stream, expected, resolve, reject }] of appends.entries()) {
      const at = index * NUMBERS_PER_VERDICT;
      const [verdict, revision, position] = [
        verdicts[at],
        BigInt(verdicts[at + 1]!),
        BigInt(verdicts[at + 2]!),
      ]; // three per append
      if (verdict === APPENDED) resolve({ revision, position });
      else reject(new WrongExpectedRevision(stream, expected, revision < 0n ? null : revision));
    }
    this.#schedule();
  }

  #fail(reason: string): void {
    for (const { reject } of this.#inFlight.shift() ?? []) reject(new StoreUnavailable(reason));
    this.#schedule();
  }
}
