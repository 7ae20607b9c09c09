/**
 * The key store port: one data key a customer, kept outside the log so that destroying it erases the person
 * while the events, their hashes and their counts stay.
 *
 * A store may keep its keys wrapped by a master key (see wrapping.ts). It then names the one that it writes under,
 * every process obeys, and `rewrap` alone moves on to another.
 */
import type { KeyObject } from 'node:crypto';

/** The key store in Nest's container. */
export const KEY_STORE = Symbol('KeyStore');

export interface Rewrapped {
  /** Keys and secrets that this call wrapped anew. */
  readonly rewrapped: number;
  /** Keys and secrets there are, all of them under the current master key. */
  readonly total: number;
}

/** Why a key that was made once cannot be used. */
export type Unusable = 'destroyed' | 'damaged';

/** Every method throws KeyStoreUnavailable where the store does not answer, or after `close`. */
export interface KeyStore {
  /**
   * The customer's key. Made, and durable, before this returns, if there was none.
   * @throws SubjectErased when the key was destroyed: it is never made again
   * @throws KeyDamaged when what is kept of it is no key
   */
  ensure(subject: string): Promise<KeyObject>;
  /** The keys there are, in the order asked; a subject that never had one is missing from the answer. */
  get(subjects: Iterable<string>): Promise<ReadonlyMap<string, KeyObject | Unusable>>;
  /** Durable and final: what is called after it, on whatever connection, finds no key. A second call changes nothing. */
  destroy(subject: string): Promise<void>;
  /**
   * Leaves nothing of destroyed and replaced keys in what the store keeps on disk. To be called after a person was
   * erased; it may rewrite everything.
   * @throws KeyStoreUnavailable where it could not; call it again
   */
  compact(): Promise<void>;
  /** How many subjects there are, those of destroyed keys among them. */
  subjects(): Promise<number>;
  /**
   * How far the erasures of the log have been carried out here, as `recordErasures` was told last; null where it never
   * was. It is kept with the keys, so that keys from an older backup say by themselves that they are older.
   */
  erasures(): Promise<string | null>;
  recordErasures(through: string): Promise<void>;
  /** A 256-bit secret of this installation, made at its first use; for keyed hashes. */
  secret(name: string): Promise<Buffer>;
  /**
   * Which installation's keys these are: 32 hexadecimal digits that stay the same under every master key and give
   * away nothing of the keys.
   */
  fingerprint(): Promise<string>;
  /**
   * Wraps every key and secret under the current master key, then compacts. Others may go on using the store. It may
   * be cut off anywhere and run again, also twice at once.
   * @throws KeyStoreUnavailable without a master key, or without the one that values are under
   */
  rewrap(): Promise<Rewrapped>;
  /**
   * Why the store cannot do all of its work, though it may answer: a sentence for anybody, without a folder, an address
   * or a person. Null where nothing is known to be wrong.
   */
  trouble?(): Promise<string | null>;
  /** Twice is once. */
  close(): Promise<void>;
}

/** The keys cannot be read or written; the message says what to do, in one line. */
export class KeyStoreUnavailable extends Error {
  override readonly name: string = 'KeyStoreUnavailable';
}

export class SubjectErased extends Error {
  override readonly name = 'SubjectErased';
}

/** The stored value of one subject's key is no key. Everybody else's keys are as they were. */
export class KeyDamaged extends KeyStoreUnavailable {
  override readonly name: string = 'KeyDamaged';
  /** @param subject an id, which is no personal data */
  constructor(readonly subject: string) {
    super(`In the key store, key ${subject} is damaged: restore the keys from a backup.`);
  }
}

/** The log has events that are sealed with this subject's key, and there is none: it is not made anew. */
export class KeyMissing extends KeyStoreUnavailable {
  override readonly name: string = 'KeyMissing';
  constructor(readonly subject: string) {
    super(
      `In the key store, key ${subject} is missing: restore the keys from a backup that is newer than the log.`,
    );
  }
}
