/**
 * One short stream, read from its beginning and followed from then on: what a process must know of keys and
 * definitions whoever else published it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { markOf, stands, type Mark } from '../mark.js';
import type { EventStore, Revision, StoredEvent } from '../port.js';
import type { Codec, Decoded } from './codec.js';

export interface StreamFollowerOptions {
  readonly store: EventStore;
  readonly codec: Codec;
  readonly stream: string;
  /** Told of every event of the stream once, in order. */
  readonly see: (event: Decoded) => void;
  /** Told of all events of the stream, in order, in place of those that it was told of: these are no longer in the log. */
  readonly seeAnew: (events: readonly Decoded[]) => void;
  /** Throws while the log is not the one to be read. */
  readonly gate?: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

const RETRY_MS = 1_000;

export class StreamFollower {
  private readonly stopping = new AbortController();
  private following: Promise<void> = Promise.resolve();
  private revision: Revision = -1n;
  /** The last event that it has seen. */
  private mark: Mark | null = null;
  private waiting: { readonly revision: Revision; readonly resolve: () => void }[] = [];

  constructor(private readonly options: StreamFollowerOptions) {}

  /** Reads what there is, and follows the log from there. */
  async open(): Promise<void> {
    await this.readOn();
    this.following = this.follow();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  /** Resolves when that revision of the stream was seen. */
  reached(revision: Revision): Promise<void> {
    if (this.revision >= revision) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push({ revision, resolve }));
  }

  private async follow(): Promise<void> {
    const { store, stream, failed } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const after = await store.head();
        if (await this.isGone()) await this.readAnew();
        else await this.readOn();
        const filter = { streamPrefix: stream };
        for await (const message of store.subscribe({ after, mark: this.mark, filter, signal })) {
          if (message.kind === 'event' && message.event.stream === stream) await this.seeNext(message.event);
        }
      } catch (error) {
        failed(error);
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** The log may be an older one by now, or another. */
  private async isGone(): Promise<boolean> {
    return this.mark !== null && !(await stands(this.options.store, this.mark));
  }

  private async readAnew(): Promise<void> {
    const { store, codec, stream, gate, seeAnew } = this.options;
    await gate?.();
    const events: StoredEvent[] = [];
    for await (const event of store.readStream(stream)) events.push(event);
    seeAnew(await codec.decode(events));
    const last = events.at(-1);
    this.revision = last?.revision ?? -1n;
    this.mark = last === undefined ? null : markOf(last);
    this.tellWaiting();
  }

  private async readOn(): Promise<void> {
    const { store, stream } = this.options;
    for await (const event of store.readStream(stream, { from: this.revision + 1n }))
      await this.seeNext(event);
  }

  private async seeNext(stored: StoredEvent): Promise<void> {
    if (stored.revision <= this.revision) return;
    for (const decoded of await this.options.codec.decode([stored])) this.options.see(decoded);
    this.revision = stored.revision;
    this.mark = markOf(stored);
    this.tellWaiting();
  }

  private tellWaiting(): void {
    for (const { revision, resolve } of this.waiting) if (revision <= this.revision) resolve();
    this.waiting = this.waiting.filter(({ revision }) => revision > this.revision);
  }
}
