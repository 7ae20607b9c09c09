/**
 * The key store port: one data key a customer, kept outside the log so that destroying it erases the person
 * while the events, their hashes and their counts stay.
 */
import type { KeyObject } from 'node:crypto';

/** The key store in Nest's container. */
export const KEY_STORE = Symbol('KeyStore');

export interface KeyStore {
  /**
   * The customer's key. Made, and durable, before this returns, if there was none.
   * @throws SubjectErased when the key was destroyed: it is never made again.
   */
  ensure(subject: string): Promise<KeyObject>;
  /** The keys there are; a subject without one, or erased, is missing from the answer. */
  get(subjects: Iterable<string>): Promise<ReadonlyMap<string, KeyObject>>;
  /** Durable and final. A second call changes nothing. */
  destroy(subject: string): Promise<void>;
  /** A 256-bit secret of this installation, made at its first use; for keyed hashes. */
  secret(name: string): Promise<Buffer>;
  close(): Promise<void>;
}

/** The keys cannot be read or written; the message says what to do, in one line. */
export class KeyStoreUnavailable extends Error {
  override readonly name = 'KeyStoreUnavailable';
}

export class SubjectErased extends Error {
  override readonly name = 'SubjectErased';
}
