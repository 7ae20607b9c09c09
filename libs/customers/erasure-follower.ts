/**
 * The work that is left once an erasure is in the log: destroy the key, should the process that took the command have died
 * before it could; and when every collection has folded it, have the stores give up what they still hold of deleted text
 * and keys.
 *
 * It follows the log like a view. The key store keeps how far it has come, and that moves when all is done: a crash repeats
 * what was under way, and nothing stays undone.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore, Position } from '#event-store/port.js';
import type { KeyStore } from '#key-store/port.js';
import type { Duty } from '#leases/index.js';
import type { ReadStore } from '#read-store/port.js';
import { destroyKeys, erasuresDone, OF_ERASURES, recordErasures } from './erasures.js';

export interface ErasureFollowerOptions {
  readonly store: EventStore;
  readonly readStore: ReadStore;
  readonly keyStore: KeyStore;
  readonly failed: (error: unknown) => void;
  /** Compacting rewrites all of a store: erasures that come within so many milliseconds are done together. */
  readonly gatherMs?: number;
}

const GATHER_MS = 10_000;
const RETRY_MS = 1_000;
const POLL_MS = 20;
/** Where there is nothing to do, so often it is recorded how far was looked: a start looks from there. */
const RECORD_MS = 10_000;

export class ErasureFollower implements Duty {
  /** How long the log was when it was looked at last, and when that was. */
  private target: Position | null = null;
  private looked = -Infinity;

  constructor(private readonly options: ErasureFollowerOptions) {}

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.options.failed(error);
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const { store, readStore, keyStore, gatherMs = GATHER_MS } = this.options;
    const mark = await erasuresDone(store, keyStore);
    let done = mark?.position ?? null;
    const messages = store.subscribe({ after: done, mark, filter: OF_ERASURES, signal });
    for await (const message of messages) {
      if (message.kind !== 'event') {
        done = message.position ?? done;
        await this.recordNowAndThen(done);
        continue;
      }
      if (message.event.position <= (done ?? 0n)) continue; // gathered with an earlier one
      await destroyKeys(store, keyStore, done, message.event.position);
      await delay(gatherMs, undefined, { signal });
      const end = (await store.head()) ?? message.event.position;
      await destroyKeys(store, keyStore, message.event.position, end);
      await this.folded(end, signal);
      await readStore.compact();
      await keyStore.compact();
      done = end;
      await recordErasures(store, keyStore, end);
    }
  }

  /**
   * That there was nothing to do is recorded too, though not each time: it is a write to disk. It is recorded of a place
   * where an event is, which is the log's end as it was when it was looked at last.
   */
  private async recordNowAndThen(done: Position | null): Promise<void> {
    const { store, keyStore } = this.options;
    if (this.target !== null && done !== null && done >= this.target) {
      await recordErasures(store, keyStore, this.target);
      this.target = null;
    }
    if (this.target !== null || performance.now() - this.looked < RECORD_MS) return;
    this.looked = performance.now();
    this.target = await store.head();
  }

  /** Also by what is being built, and by what it is to replace: both hold documents. */
  private async folded(position: Position, signal: AbortSignal): Promise<void> {
    const { readStore } = this.options;
    for (;;) {
      const collections = await readStore.collections();
      const states = await Promise.all(collections.map((collection) => readStore.states(collection)));
      if (states.flat().every(({ checkpoint }) => (checkpoint ?? 0n) >= position)) return;
      await delay(POLL_MS, undefined, { signal });
    }
  }
}
