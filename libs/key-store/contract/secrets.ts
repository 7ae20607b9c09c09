/** Secrets, the fingerprint, and what closing means. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { KeyStoreUnavailable, type KeyStore } from '../port.js';
import { bytesOf, type OpenedKeyStore } from './given.js';

export function secretsAndClosing(current: () => OpenedKeyStore): void {
  let store: KeyStore;
  beforeEach(() => {
    ({ store } = current());
  });

  describe('secrets', () => {
    it('are made once, whoever asks first', async () => {
      const second = await current().second();
      const asked = await Promise.all([store.secret('a'), second.secret('a'), store.secret('a')]);
      expect(new Set(asked.map((secret) => secret.toString('hex'))).size).toBe(1);
      expect(asked[0]).toHaveLength(32);
      const later = await current().reopened();
      expect(await later.secret('a')).toEqual(asked[0]);
    });

    it('differ by name, and from the key of a subject of that name', async () => {
      const [a, b] = [await store.secret('a'), await store.secret('b')];
      expect(a).not.toEqual(b);
      expect(bytesOf(await store.ensure('a'))).not.toBe(a.toString('hex'));
      await store.destroy('b');
      expect(await store.secret('b')).toEqual(b);
    });
  });

  describe('the fingerprint', () => {
    it('is the same on every connection, and says nothing of the secret', async () => {
      const fingerprint = await store.fingerprint();
      expect(fingerprint).toMatch(/^[0-9a-f]{32}$/);
      expect(await (await current().second()).fingerprint()).toBe(fingerprint);
      expect(await (await current().reopened()).fingerprint()).toBe(fingerprint);
      const later = await current().reopened();
      expect((await later.secret('identities')).toString('hex')).not.toContain(fingerprint);
    });
  });

  describe('a closed store', () => {
    it('refuses everything, and may be closed twice', async () => {
      await store.ensure('a');
      await store.close();
      await store.close();
      const calls: (() => Promise<unknown>)[] = [
        () => store.ensure('a'),
        () => store.ensure('b'),
        () => store.get(['a']),
        () => store.destroy('a'),
        () => store.compact(),
        () => store.subjects(),
        () => store.erasures(),
        () => store.recordErasures('1'),
        () => store.secret('a'),
        () => store.fingerprint(),
        () => store.rewrap(),
      ];
      for (const call of calls) await expect(call()).rejects.toBeInstanceOf(KeyStoreUnavailable);
    });

    it('first keeps or refuses what it was asked for', async () => {
      const asked = store.ensure('a').then(bytesOf, (error: unknown) => {
        expect(error).toBeInstanceOf(KeyStoreUnavailable);
        return undefined;
      });
      await store.close();
      const given = await asked;
      const later = await current().reopened();
      if (given !== undefined) expect(bytesOf(await later.ensure('a'))).toBe(given);
      else expect((await later.ensure('a')).symmetricKeySize).toBe(32);
    });
  });
}
