/** What is at rest is of no use without the master key, and nothing is made under a wrong one. */
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { masterKey, type MasterKeys } from '../master-key.js';
import { KeyStoreUnavailable } from '../port.js';
import { bytesOf, subjects, type KeyStorePlace } from './given.js';

export function underAMasterKey(current: () => KeyStorePlace): void {
  const [A, B, C] = [masterKey(randomBytes(32)), masterKey(randomBytes(32)), masterKey(randomBytes(32))];
  let place: KeyStorePlace;
  beforeEach(() => {
    place = current();
  });

  it('no byte of a key or a secret is at rest, in any writing', async () => {
    const master = randomBytes(32);
    const store = await place.open({ current: masterKey(master) });
    const keys = await Promise.all(subjects(200).map((subject) => store.ensure(subject)));
    const values = [
      ...keys.map((key) => key.export()),
      await store.secret('identities'),
      await store.secret('b'),
    ];
    const kept = await place.bytes();
    expect(kept.includes('customer-199')).toBe(true); // so that finding nothing means something
    for (const value of [...values, master]) {
      for (const encoding of ['hex', 'base64', 'base64url'] as const)
        expect(kept.includes(value.toString(encoding).replace(/=+$/, ''))).toBe(false);
      for (let i = 0; i + 8 <= value.length; i += 8)
        expect(kept.includes(value.subarray(i, i + 8))).toBe(false);
    }
  });

  it('no byte of a destroyed key is left once the store is compacted', async () => {
    const store = await place.open({ current: A });
    await Promise.all(subjects(300).map((subject) => store.ensure(subject)));
    const before = await place.bytes();
    const doomed = subjects(300).filter((_, i) => i % 3 === 0);
    const wrapped = doomed.map((subject) => wrappedFor(before, subject));
    for (const subject of doomed) await store.destroy(subject);
    await store.compact();
    const after = await place.bytes();
    expect(wrapped.filter((bytes) => after.includes(bytes))).toEqual([]);
    expect(after.includes(wrappedFor(before, 'customer-1'))).toBe(true);
  });

  /** The nonce and ciphertext that stand behind a subject's name, wherever the header of the master key is. */
  const wrappedFor = (bytes: Buffer, subject: string): Buffer => {
    const header = Buffer.concat([Buffer.of(1), Buffer.from(A.fingerprint, 'hex')]);
    for (let at = bytes.indexOf(subject); at >= 0; at = bytes.indexOf(subject, at + 1)) {
      const start = bytes.indexOf(header, at + subject.length);
      if (
        start >= 0 &&
        start - at - subject.length <= 12 &&
        !/\d/.test(String.fromCharCode(bytes[at + subject.length] ?? 0))
      )
        // prettier-ignore
        return bytes.subarray(start + header.length, start + 69);
    }
    throw new Error(`nothing is kept for ${subject}`);
  };

  describe('a wrong master key', () => {
    it.each<[string, MasterKeys]>([
      ['another', { current: B }],
      ['two others', { current: B, previous: C }],
    ])('(%s) is refused in one line, and harms nothing', async (_, wrong) => {
      const store = await place.open({ current: A });
      const made = bytesOf(await store.ensure('a'));
      const fingerprint = await store.fingerprint();
      const refused = await place.open(wrong).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(KeyStoreUnavailable);
      expect((refused as Error).message).toMatch(/^.*MASTER_KEY.*$/);
      expect((refused as Error).message).toContain(A.fingerprint);
      await store.close();
      const again = await place.open({ current: A });
      expect(bytesOf(await again.ensure('a'))).toBe(made);
      expect(await again.fingerprint()).toBe(fingerprint);
    });

    it('is refused in an installation without a single key', async () => {
      await (await place.open({ current: A })).close();
      await expect(place.open({ current: B })).rejects.toBeInstanceOf(KeyStoreUnavailable);
    });
  });
}
