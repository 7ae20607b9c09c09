/**
 * The hash chain of a stream. Each event's hash is SHA-256 over the previous hash and this event in canonical
 * JSON, as stored: personal fields are ciphertext, so the chain still verifies after an erasure.
 *
 * An auditor needs nothing of Touchstone to check it: for each event of a stream, in order,
 *   hash = sha256hex(previousHash + "\n" + JCS({data, id, metadata without "hash", revision, stream, type}))
 * where the first previousHash is 64 zeros and revision is a decimal string.
 */
import { hash } from 'node:crypto';
import { isCanonicalJson } from '#kernel';
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
  return hash('sha256', `${previous}\n${content}`);
}

export type LinkCheck =
  { readonly ok: true; readonly hash: string } | { readonly ok: false; readonly reason: string };

/** Is this stored event the one that was appended after `previous`? Trusts nothing but the bytes. */
export function checkLink(previous: string, event: StoredEvent): LinkCheck {
  try {
    const content: unknown = JSON.parse(event.data);
    const envelope = JSON.parse(event.metadata) as { readonly hash?: unknown };
    const { hash } = envelope;
    if (typeof hash !== 'string') return { ok: false, reason: 'carries no hash' };
    if (!isCanonicalJson(event.data, content) || !isCanonicalJson(event.metadata, envelope)) {
      return { ok: false, reason: 'is not in canonical form' };
    }
    const { stream, revision, id, type, data } = event;
    const metadata = withoutHash(event.metadata, hash);
    return linkHash(previous, { stream, revision, id, type, data, metadata }) === hash
      ? { ok: true, hash }
      : { ok: false, reason: 'does not have the hash of its content' };
  } catch {
    return { ok: false, reason: 'is not JSON' };
  }
}

/**
 * Canonical metadata without its hash. Inside a text each quote is escaped, so what is found is a member; it is the
 * envelope's own, and others follow it, in everything that was ever appended. Elsewhere the hash will not hold.
 */
function withoutHash(metadata: string, hash: string): string {
  const member = `"hash":${JSON.stringify(hash)},`;
  const at = metadata.lastIndexOf(member);
  return at < 0 ? metadata : metadata.slice(0, at) + metadata.slice(at + member.length);
}
