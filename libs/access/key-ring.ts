/**
 * The keys this process lets in: a fold of the access stream, kept current by a subscription, so that a key
 * revoked through one process is refused by all.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { evolve } from '#kernel';
import type { Codec } from '#event-store/codec/index.js';
import type { EventStore, StoredEvent } from '#event-store/port.js';
import type { KeyRing, Principal } from '#http/index.js';
import { ACCESS, apiKeys, type AccessState, type ApiKey } from './api-keys.js';
import { accessEvents } from './events.js';

const RETRY_MS = 1_000;

export class LogKeyRing implements KeyRing {
  private state: AccessState = apiKeys.initialState;
  private readonly principals = new Map<string, Principal>();
  private revision = -1n;
  private waiting: { readonly revision: bigint; readonly resolve: () => void }[] = [];
  private readonly stopping = new AbortController();
  private following: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: EventStore,
    private readonly codec: Codec,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Reads what keys there are, and follows the log from there. */
  async open(): Promise<void> {
    await this.readOn();
    this.following = this.follow();
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

  /** Resolves when this ring has seen that revision of the access stream: what was just issued is then let in. */
  reached(revision: bigint): Promise<void> {
    if (this.revision >= revision) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push({ revision, resolve }));
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    const filter = { types: Object.keys(accessEvents), streamPrefix: ACCESS };
    while (!signal.aborted) {
      try {
        const after = await this.store.head();
        await this.readOn();
        for await (const message of this.store.subscribe({ after, filter, signal })) {
          if (message.kind === 'event') await this.see(message.event);
        }
      } catch (error) {
        this.failed(error);
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async readOn(): Promise<void> {
    for await (const event of this.store.readStream(ACCESS, { from: this.revision + 1n }))
      await this.see(event);
  }

  private async see(stored: StoredEvent): Promise<void> {
    if (stored.revision <= this.revision) return;
    const [decoded] = await this.codec.decode([stored]);
    if (decoded?.kind === 'known') this.state = evolve(apiKeys, this.state, decoded.event);
    this.principals.clear();
    for (const { keyId, role, pii, secretHash, revoked } of this.all()) {
      if (!revoked) this.principals.set(secretHash, { id: keyId, role, pii });
    }
    this.revision = stored.revision;
    for (const { revision, resolve } of this.waiting) if (revision <= this.revision) resolve();
    this.waiting = this.waiting.filter(({ revision }) => revision > this.revision);
  }
}
