/**
 * The personal fields of an event, sealed together: AES-256-GCM under the customer's own key, with the event's
 * id and type as associated data, so that a sealed text moved to another event does not open. One seal an
 * event rather than one a field: the field names travel inside, and it costs one cipher.
 *
 * `sealed` is base64 of nonce (12 bytes), tag (16) and ciphertext.
 */
import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import type { JsonObject } from '#kernel';

const NONCE = 12;
const TAG = 16;

// One call to the system's generator serves many nonces; each byte is used once.
let pool = randomBytes(0);
let used = 0;
function nonce(): Buffer {
  if (used + NONCE > pool.length) {
    pool = randomBytes(NONCE * 512);
    used = 0;
  }
  return pool.subarray(used, (used += NONCE));
}

const associated = (eventId: string, type: string): Buffer => Buffer.from(`${eventId}/${type}`);

export function seal(key: KeyObject, eventId: string, type: string, personal: JsonObject): string {
  const iv = nonce();
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(associated(eventId, type));
  const body = cipher.update(JSON.stringify(personal), 'utf8');
  const rest = cipher.final(); // before the tag can be asked for
  return Buffer.concat([iv, cipher.getAuthTag(), body, rest]).toString('base64');
}

/** Whether it has personal fields, which cannot be read without the customer's key. */
export function isSealed({ data }: { readonly data: string }): boolean {
  if (!data.includes('"sealed":')) return false; // most are told by this, without reading all of it
  return typeof (JSON.parse(data) as { readonly sealed?: unknown }).sealed === 'string';
}

/** @throws when the text was changed, or sealed with another key or for another event. */
export function unseal(key: KeyObject, eventId: string, type: string, sealed: string): JsonObject {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE));
  decipher.setAAD(associated(eventId, type));
  decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
  const text = decipher.update(bytes.subarray(NONCE + TAG), undefined, 'utf8') + decipher.final('utf8');
  return JSON.parse(text) as JsonObject;
}
