/**
 * A double of the key store: one fixed key for everyone, in memory. It stands in where golden files must
 * decode for ever with a key that is written down; erasure and durability are tested on the real one.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { SubjectErased, type KeyStore, type Rewrapped, type Unusable } from '#key-store/index.js';

export class FixedKeys implements KeyStore {
  private readonly key = createSecretKey(Buffer.alloc(32, 7));
  private readonly destroyed = new Set<string>();

  ensure(subject: string): Promise<KeyObject> {
    return this.destroyed.has(subject)
      ? Promise.reject(new SubjectErased(subject))
      : Promise.resolve(this.key);
  }
  get(subjects: Iterable<string>): Promise<ReadonlyMap<string, KeyObject | Unusable>> {
    return Promise.resolve(
      new Map([...subjects].map((one) => [one, this.destroyed.has(one) ? ('destroyed' as const) : this.key])),
    );
  }
  destroy(subject: string): Promise<void> {
    this.destroyed.add(subject);
    return Promise.resolve();
  }
  subjects(): Promise<number> {
    return Promise.resolve(0);
  }
  erasures(): Promise<string | null> {
    return Promise.resolve(null);
  }
  recordErasures(): Promise<void> {
    return Promise.resolve();
  }
  secret(): Promise<Buffer> {
    return Promise.resolve(Buffer.alloc(32, 9));
  }
  fingerprint(): Promise<string> {
    return Promise.resolve('09'.repeat(16));
  }
  rewrap(): Promise<Rewrapped> {
    return Promise.resolve({ rewrapped: 0, total: 0 });
  }
  compact(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}
