/**
 * The keys this process lets in: a fold of the access stream, kept current by a subscription, so that a key
 * revoked through one process is refused by all.
 */
import { evolve } from '#kernel';
import { StreamFollower, type Decoded, type StreamFollowerOptions } from '#event-store/codec/index.js';
import type { KeyRing, Principal } from '#http/index.js';
import { ACCESS, apiKeys, type AccessState, type ApiKey } from './api-keys.js';

export class LogKeyRing implements KeyRing {
  private state: AccessState = apiKeys.initialState;
  private readonly principals = new Map<string, Principal>();
  private readonly listeners: ((keyId: string) => void)[] = [];
  private readonly follower: StreamFollower;

  constructor(options: Pick<StreamFollowerOptions, 'store' | 'codec' | 'gate' | 'failed'>) {
    this.follower = new StreamFollower({
      ...options,
      stream: ACCESS,
      see: (decoded) => this.become(folded(this.state, [decoded])),
      seeAnew: (events) => this.become(folded(apiKeys.initialState, events)),
    });
  }

  /** Reads what keys there are, and follows the log from there. */
  open(): Promise<void> {
    return this.follower.open();
  }

  close(): Promise<void> {
    return this.follower.close();
  }

  find(secretHash: string): Principal | undefined {
    return this.principals.get(secretHash);
  }

  whenRevoked(tell: (keyId: string) => void): void {
    this.listeners.push(tell);
  }

  all(): readonly ApiKey[] {
    return Object.values(this.state.keys);
  }

  /** Resolves when this ring has seen that revision of the access stream: what was just issued is then let in. */
  reached(revision: bigint): Promise<void> {
    return this.follower.reached(revision);
  }

  private become(state: AccessState): void {
    this.state = state;
    const before = [...this.principals.values()];
    this.principals.clear();
    for (const { keyId, role, pii, secretHash, revoked } of this.all()) {
      if (!revoked) this.principals.set(secretHash, { id: keyId, role, pii });
    }
    for (const { id } of before)
      if (this.state.keys[id]?.revoked !== false) this.listeners.forEach((tell) => tell(id));
  }
}

const folded = (state: AccessState, events: readonly Decoded[]): AccessState =>
  events.reduce(
    (now, one) => (one.kind === 'known' ? evolve(apiKeys, now, one.event, one.event.occurredAt) : now),
    state,
  );
