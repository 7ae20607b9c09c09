/**
 * The writer as the calling thread knows it. It is started by the first write, so that who only reads has none.
 * Writes happen in the order in which they are asked for. When the writer dies, what it had in hand is rejected
 * (nobody knows whether it was committed; the checkpoint tells) and the next write starts another.
 */
import { Worker } from 'node:worker_threads';
import type { StoreFile } from '#sqlite/index.js';
import { ReadStoreUnavailable } from '../port.js';
import { errorOf, type Answer, type FromWriter, type ToWriter, type Write } from './messages.js';
import type { WriterData } from './writer.js';

interface Asked {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class WriterThread {
  #worker: Worker | undefined;
  readonly #asked = new Map<number, Asked>();
  #number = 0;

  constructor(private readonly file: StoreFile) {}

  write(write: Write): Promise<Answer> {
    const worker = (this.#worker ??= this.#start());
    worker.ref(); // a write without its answer keeps the process alive
    const number = this.#number++;
    return new Promise((resolve, reject) => {
      this.#asked.set(number, { resolve, reject });
      worker.postMessage({ kind: 'write', number, write } satisfies ToWriter);
    });
  }

  /** Waits for every write asked for so far. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    worker.postMessage({ kind: 'close' } satisfies ToWriter);
    await ended;
  }

  #start(): Worker {
    const { path, identity } = this.file;
    const workerData: WriterData = { path, identity };
    const worker = new Worker(new URL('./writer.js', import.meta.url), { workerData });
    let reason = `The writer of ${path} ended unexpectedly`;
    worker.on('message', (message: FromWriter) => {
      const { number } = message;
      const asked = this.#asked.get(number);
      this.#asked.delete(number);
      if (this.#asked.size === 0) worker.unref();
      if (message.failure === null) {
        this.file.written();
        asked?.resolve(message.answer);
        return;
      }
      const { failure } = message;
      if (failure.kind === 'unavailable' && failure.said !== null) this.file.unwritten(failure.said);
      asked?.reject(errorOf(failure));
    });
    worker.on('error', ({ message }) => (reason = message));
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const { reject } of this.#asked.values()) reject(new ReadStoreUnavailable(reason));
      this.#asked.clear();
    });
    return worker;
  }
}
