/**
 * The master key wraps the keys at rest. It comes from outside and is kept by no store; a store knows it by its
 * fingerprint only.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

export const MASTER_KEY_BYTES = 32;

export interface MasterKey {
  /** 64 bits of a keyed hash under it, in hexadecimal: may be shown. */
  readonly fingerprint: string;
  readonly key: KeyObject;
}

export interface MasterKeys {
  /** What everything is to be under. */
  readonly current: MasterKey;
  /** What some of it may still be under, while it is rotated. */
  readonly previous?: MasterKey;
}

/** @param bytes 32 random bytes */
export function masterKey(bytes: Uint8Array): MasterKey {
  if (bytes.length !== MASTER_KEY_BYTES)
    throw new TypeError(`A master key has ${MASTER_KEY_BYTES} bytes, not ${bytes.length}.`);
  const key = createSecretKey(bytes);
  return {
    fingerprint: createHmac('sha256', key).update('touchstone master key').digest('hex').slice(0, 16),
    key,
  };
}

/** The one of these that has this fingerprint. */
export const masterKeyOf = (masterKeys: MasterKeys | undefined, fingerprint: string): MasterKey | undefined =>
  [masterKeys?.current, masterKeys?.previous].find((one) => one?.fingerprint === fingerprint);
