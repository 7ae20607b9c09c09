/**
 * What an erasure leaves to do once it is in the log: destroy the key, should whoever took the command have died before
 * it could; and when every collection has folded it, have the stores give up what they still hold of deleted text and keys.
 *
 * It follows the log like a view, with a checkpoint of its own in the read store, and moves that when all is done: a
 * crash repeats what was under way, and nothing stays undone.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore, Position } from '#event-store/port.js';
import { customerOf } from '#kernel';
import type { KeyStore } from '#key-store/port.js';
import type { Duty } from '#leases/index.js';
import type { ReadStore } from '#read-store/port.js';
import type { CustomerEvent } from './events.js';

/** The collection that holds the checkpoint and nothing else. */
export const ERASURES = 'erasures@1';

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
const ERASED: CustomerEvent['type'] = 'CustomerErased';
const filter = { types: [ERASED] };

export class ErasureFollower implements Duty {
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
    await readStore.begin(ERASURES, '{}');
    let checkpoint = (await readStore.states(ERASURES))[0]?.checkpoint ?? null;
    const moveTo = async (position: Position): Promise<void> => {
      if (checkpoint !== null && position <= checkpoint) return; // said of a page read before the last erasure was done
      await readStore.commit([checkpointAt(checkpoint, position)]);
      checkpoint = position;
    };
    for await (const message of store.subscribe({ after: checkpoint, filter, signal })) {
      if (message.kind === 'caught-up' && message.position !== null) await moveTo(message.position);
      if (message.kind !== 'event' || message.event.position <= (checkpoint ?? 0n)) continue;
      await this.destroyKey(message.event.stream);
      await delay(gatherMs, undefined, { signal });
      const end = (await store.head()) ?? message.event.position;
      for await (const { stream } of store.readAll({ after: message.event.position, to: end, filter }))
        await this.destroyKey(stream);
      await this.folded(end, signal);
      await readStore.compact();
      await keyStore.compact();
      await moveTo(end);
    }
  }

  private async destroyKey(stream: string): Promise<void> {
    const customer = customerOf(stream);
    if (customer !== null) await this.options.keyStore.destroy(customer);
  }

  /** Also by what is being built, and by what it is to replace: both hold documents. */
  private async folded(position: Position, signal: AbortSignal): Promise<void> {
    const { readStore } = this.options;
    for (;;) {
      const others = (await readStore.collections()).filter((collection) => collection !== ERASURES);
      const states = await Promise.all(others.map((collection) => readStore.states(collection)));
      if (states.flat().every(({ checkpoint }) => (checkpoint ?? 0n) >= position)) return;
      await delay(POLL_MS, undefined, { signal });
    }
  }
}

const checkpointAt = (expected: Position | null, checkpoint: Position) => ({
  collection: ERASURES,
  expected,
  checkpoint,
  documents: new Map<string, string | null>(),
  listed: [],
  unlisted: [],
  cells: new Map<string, number>(),
  progress: new Map([[0, '{}']]),
});
