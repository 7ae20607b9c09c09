/** What the suites of the contract share. */
import type { KeyObject } from 'node:crypto';
import type { MasterKeys } from '../master-key.js';
import type { KeyStore, Unusable } from '../port.js';

export interface OpenedKeyStore {
  /** On data of its own: nothing was made before. */
  readonly store: KeyStore;
  /** Another connection to the same data; `close` closes it too. */
  second(): Promise<KeyStore>;
  /** Closes every connection and opens the same data again. */
  reopened(): Promise<KeyStore>;
  close(): Promise<void>;
}

/** Where a store keeps its keys. What is opened there, `close` closes. */
export interface KeyStorePlace {
  open(masterKeys: MasterKeys): Promise<KeyStore>;
  /** Every byte that is kept on disk now. */
  bytes(): Promise<Buffer>;
  close(): Promise<void>;
}

/** In hexadecimal; of a key that cannot be used, why. */
export const bytesOf = (key: KeyObject | Unusable | undefined): string | undefined =>
  typeof key === 'object' ? key.export().toString('hex') : key;
export const subjects = (count: number, name = 'customer'): string[] =>
  Array.from({ length: count }, (_, i) => `${name}-${i}`);
