/**
 * The keys this process lets in: a fold of the access stream, kept current by a subscription, so that a key
 * revoked through one process is refused by all.
 */
import { evolve } from '#kernel';
import type { Codec } from '#event-store/codec/index.js';
import type { EventStore, StoredEvent } from '#event-store/port.js';
import type { KeyRing, Principal } from '#http/index.js';
import { ACCESS, apiKeys, type AccessState, type ApiKey } from './api-keys.js';
import { accessEvents } from './events.js';

export class LogKeyRing implements KeyRing {
  private state: AccessState = apiKeys.initialState;
  private readonly principals = new Map<string, Principal>();
  private readonly stopping = new AbortController();
  private following: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: EventStore,
    private readonly codec: Codec,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Reads what keys there are, and follows the log from there. */
  async open(): Promise<void> {
    let revision = -1n;
    for await (const event of this.store.readStream(ACCESS)) {
      await this.see(event);
      revision = event.revision;
    }
    this.following = this.follow(revision);
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  find(secretHash: string): Principal | undefined {
    return this.principals.get(secretHash);
  }

  all(): readonly ApiKey[] {
    return Object.values(this.state.keys);
  }

  /** Folds one event; told also of what this process has just appended, so that its answer holds at once. */
  async see(stored: StoredEvent): Promise<void> {
    const [decoded] = await this.codec.decode([stored]);
    if (decoded?.kind !== 'known') return;
    this.state = evolve(apiKeys, this.state, decoded.event);
    this.principals.clear();
    for (const { keyId, role, pii, secretHash, revoked } of this.all()) {
      if (!revoked) this.principals.set(secretHash, { id: keyId, role, pii });
    }
  }

  private async follow(from: bigint): Promise<void> {
    let revision = from;
    const { signal } = this.stopping;
    const filter = { types: Object.keys(accessEvents), streamPrefix: ACCESS };
    while (!signal.aborted) {
      try {
        const after = (await this.store.head()) ?? null;
        for await (const event of this.store.readStream(ACCESS, { from: revision + 1n })) {
          await this.see(event);
          revision = event.revision;
        }
        for await (const message of this.store.subscribe({ after, filter, signal })) {
          if (message.kind !== 'event' || message.event.revision <= revision) continue;
          await this.see(message.event);
          revision = message.event.revision;
        }
      } catch (error) {
        this.failed(error);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    }
  }
}
