/**
 * How a key or a secret of 32 bytes is kept under a master key: 69 bytes,
 *
 *     format (1 byte: 1) | fingerprint of the master key (8) | nonce (12) | ciphertext (32) | tag (16)
 *
 * AES-256-GCM; the associated data is the first nine bytes and what the value is for, so that a wrapped key moved to
 * another subject, or to a secret, does not open. A nonce is random: one master key may wrap 2^32 values (NIST
 * SP 800-38D, 8.3), far more than there are customers.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { masterKeyOf, type MasterKey, type MasterKeys } from './master-key.js';
import { KeyDamaged, KeyStoreUnavailable } from './port.js';

/** What a wrapped value is for; part of what is authenticated. */
export type Purpose = `key ${string}` | `secret ${string}` | 'proof';

/** Stands where a fingerprint would for values that are not wrapped: those from before there was a master key. */
export const PLAIN = 'plain';

export const VALUE_BYTES = 32;
const CIPHER = 'aes-256-gcm';
const FORMAT = 1;
const NONCE = 9;
const CIPHERTEXT = NONCE + 12;
const TAG = CIPHERTEXT + VALUE_BYTES;
const WRAPPED_BYTES = TAG + 16;

/** The bytes with which every value under this master key begins, and no other does. */
export const headerOf = ({ fingerprint }: MasterKey): Buffer =>
  Buffer.concat([Buffer.of(FORMAT), Buffer.from(fingerprint, 'hex')]);

export function wrap(master: MasterKey, purpose: Purpose, value: Uint8Array): Buffer {
  const header = headerOf(master);
  const nonce = randomBytes(CIPHERTEXT - NONCE);
  const cipher = createCipheriv(CIPHER, master.key, nonce).setAAD(associated(header, purpose));
  return Buffer.concat([header, nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]);
}

/** Fingerprint of the master key that a kept value is under, or PLAIN. @throws KeyDamaged, KeyStoreUnavailable if it is neither */
export function keptUnder(kept: Buffer, purpose: Purpose): string {
  if (kept.length === VALUE_BYTES) return PLAIN;
  if (kept.length === WRAPPED_BYTES && kept[0] === FORMAT) return kept.toString('hex', 1, NONCE);
  throw damaged(purpose);
}

/**
 * The value that is kept.
 * @param plain whether values that are not wrapped are taken: else whoever can write to the store could plant one
 * @throws KeyStoreUnavailable if it is under another master key
 * @throws KeyDamaged for the key of a subject that is damaged or for another purpose; KeyStoreUnavailable for a secret
 */
export function unwrap(
  masterKeys: MasterKeys | undefined,
  purpose: Purpose,
  kept: Buffer,
  plain: boolean,
): Buffer {
  const under = keptUnder(kept, purpose);
  if (under === PLAIN && plain) return kept;
  const master = masterKeyOf(masterKeys, under);
  if (master === undefined)
    throw under === PLAIN
      ? damaged(purpose)
      : new KeyStoreUnavailable(
          `Keys are under master key ${under}, which this process was not given: set MASTER_KEY or MASTER_KEY_PREVIOUS to it and start again.`,
        );
  try {
    const decipher = createDecipheriv(CIPHER, master.key, kept.subarray(NONCE, CIPHERTEXT))
      .setAAD(associated(kept.subarray(0, NONCE), purpose))
      .setAuthTag(kept.subarray(TAG));
    return Buffer.concat([decipher.update(kept.subarray(CIPHERTEXT, TAG)), decipher.final()]);
  } catch {
    throw damaged(purpose);
  }
}

const associated = (header: Uint8Array, purpose: Purpose): Buffer =>
  Buffer.concat([header, Buffer.from(purpose)]);

/** A damaged key is one subject's trouble, a damaged secret is everybody's. */
const damaged = (purpose: Purpose): Error =>
  purpose.startsWith('key ')
    ? new KeyDamaged(purpose.slice('key '.length))
    : new KeyStoreUnavailable(`In the key store, ${purpose} is damaged: restore the keys from a backup.`);
