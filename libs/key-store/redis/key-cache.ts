/**
 * Keys that were read before, and how many keys had been destroyed by then. As soon as there are more, nothing that is
 * cached may be used; and what was read before then is not cached.
 */
import type { KeyObject } from 'node:crypto';

export interface CachedKey {
  readonly key: KeyObject;
  /** Known to be on disk: else another process may have made it this moment. */
  readonly durable: boolean;
}

const CACHED_KEYS = 20_000;

export class KeyCache {
  private readonly keys = new Map<string, CachedKey>();
  private seen = 0;

  /** How many keys had been destroyed when these were read. */
  get destroyed(): number {
    return this.seen;
  }

  get(subject: string): CachedKey | undefined {
    return this.keys.get(subject);
  }

  /** @param destroyed how many keys had been destroyed when this one was read */
  put(subject: string, cached: CachedKey, destroyed: number): void {
    this.forgetIfMore(destroyed);
    if (destroyed < this.seen) return;
    if (this.keys.size >= CACHED_KEYS) this.keys.clear();
    this.keys.set(subject, cached);
  }

  /** Learns that so many were destroyed, in the last place this one. */
  forget(subject: string, destroyed: number): void {
    this.keys.delete(subject);
    if (destroyed === this.seen + 1) this.seen = destroyed;
  }

  forgetIfMore(destroyed: number): void {
    if (destroyed <= this.seen) return;
    this.keys.clear();
    this.seen = destroyed;
  }
}
