/**
 * The writer as the calling thread knows it. It is started by the first write, so that who only reads has none.
 * Writes happen in the order in which they are asked for. When the writer dies, what it had in hand is rejected
 * (nobody knows whether it was committed; the checkpoint tells) and the next write starts another.
 */
import { Worker } from 'node:worker_threads';
import { ReadStoreUnavailable } from '../port.js';
import { errorOf, type Answer, type FromWriter, type ToWriter, type Write } from './messages.js';

interface Asked {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class WriterThread {
  #worker: Worker | undefined;
  readonly #asked = new Map<number, Asked>();
  #number = 0;

  constructor(private readonly path: string) {}

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
    const worker = new Worker(new URL('./writer.js', import.meta.url), { workerData: { path: this.path } });
    let reason = `The writer of ${this.path} ended unexpectedly`;
    worker.on('message', (message: FromWriter) => {
      const { number } = message;
      const asked = this.#asked.get(number);
      this.#asked.delete(number);
      if (this.#asked.size === 0) worker.unref();
      if (message.failure === null) asked?.resolve(message.answer);
      else asked?.reject(errorOf(message.failure));
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
