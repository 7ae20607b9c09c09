/**
 * The answering side of one Read: sends no faster than the client takes, stops when the client is gone, and does
 * wrong what it was told to. Events are counted, because faults strike after so many of them.
 */
import type { ServerWritableStream } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './faults.js';
import type { Refusal } from './refusals.js';
import { Signal } from './signal.js';

export class Outlet<Request> {
  /** Notified when the client takes again, when it is gone, and by whoever has something new to send. */
  readonly signal = new Signal();
  #closed = false;
  #events = 0;
  #messages = 0;

  constructor(
    private readonly call: ServerWritableStream<Request, Buffer>,
    private readonly fault: Fault | undefined,
    private readonly cutConnection: () => void,
  ) {
    call.on('drain', this.signal.notify);
    for (const ending of ['cancelled', 'close', 'error'] as const) call.on(ending, () => this.#close());
  }

  get closed(): boolean {
    return this.#closed;
  }

  async message(bytes: Buffer): Promise<void> {
    if (this.#closed || this.#quiet() || this.call.write(bytes)) return;
    while (!this.#closed && this.call.writableNeedDrain) await this.signal.wait();
  }

  /** The first message is the confirmation, which comes in any case. */
  #quiet(): boolean {
    return this.#messages++ > 0 && this.fault?.kind === 'go quiet' && this.#events >= this.fault.after;
  }

  async event(bytes: Buffer): Promise<void> {
    await this.message(bytes);
    this.#events++;
    if (this.fault?.kind === 'slow') await delay(this.fault.ms);
    if (this.strikes('cut')) await this.cut();
    if (this.strikes('end')) this.end();
  }

  /** Whether the fault is of this kind and its number of events has just been sent. */
  strikes<Kind extends 'cut' | 'end' | 'redeliver' | 'fall behind'>(
    kind: Kind,
  ): Extract<Fault, { kind: Kind }> | undefined {
    const { fault } = this;
    return fault?.kind === kind && 'after' in fault && fault.after === this.#events
      ? (fault as Extract<Fault, { kind: Kind }>) // narrowing does not follow a type parameter
      : undefined;
  }

  /** What has been sent is flushed first; a client may still lose the last of it, as on any broken connection. */
  async cut(): Promise<void> {
    while (!this.#closed && this.call.writableLength > 0) await delay(1);
    this.#close();
    this.cutConnection();
  }

  end(): void {
    if (this.#closed) return;
    this.#close();
    this.call.end();
  }

  fail(refusal: Refusal): void {
    if (this.#closed) return;
    this.#close();
    this.call.emit('error', refusal);
  }

  #close(): void {
    this.#closed = true;
    this.signal.notify();
  }
}
