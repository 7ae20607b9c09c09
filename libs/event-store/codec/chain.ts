/**
 * The hash chain of a stream. Each event's hash is SHA-256 over the previous hash and this event in canonical
 * JSON, as stored: personal fields are ciphertext, so the chain still verifies after an erasure.
 *
 * An auditor needs nothing of Touchstone to check it: for each event of a stream, in order,
 *   hash = sha256hex(previousHash + "\n" + JCS({data, id, metadata without "hash", revision, stream, type}))
 * where the first previousHash is 64 zeros and revision is a decimal string.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '#kernel';
import type { StoredEvent } from '../port.js';

export const CHAIN_START = '0'.repeat(64);

/** What is hashed, with the two JSON texts already canonical. */
export interface Link {
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  /** Without the hash. */
  readonly metadata: string;
}

export function linkHash(previous: string, link: Link): string {
  const { stream, revision, id, type, data, metadata } = link;
  const content = `{"data":${data},"id":${JSON.stringify(id)},"metadata":${metadata},"revision":"${revision}","stream":${JSON.stringify(stream)},"type":${JSON.stringify(type)}}`;
  return createHash('sha256').update(previous).update('\n').update(content).digest('hex');
}

export type LinkCheck =
  { readonly ok: true; readonly hash: string } | { readonly ok: false; readonly reason: string };

/** Is this stored event the one that was appended after `previous`? Trusts nothing but the bytes. */
export function checkLink(previous: string, event: StoredEvent): LinkCheck {
  try {
    const data = canonicalJson(JSON.parse(event.data));
    const { hash, ...rest } = JSON.parse(event.metadata) as { hash?: unknown };
    const metadata = canonicalJson(rest);
    if (typeof hash !== 'string') return { ok: false, reason: 'carries no hash' };
    if (data !== event.data || canonicalJson({ ...rest, hash }) !== event.metadata) {
      return { ok: false, reason: 'is not in canonical form' };
    }
    const expected = linkHash(previous, { ...event, data, metadata });
    return expected === hash
      ? { ok: true, hash }
      : { ok: false, reason: 'does not have the hash of its content' };
  } catch {
    return { ok: false, reason: 'is not JSON' };
  }
}
