/** Keys: made once, read by many, destroyed for ever. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { SubjectErased, type KeyStore } from '../port.js';
import { bytesOf, subjects, type OpenedKeyStore } from './given.js';

export function keys(current: () => OpenedKeyStore): void {
  let store: KeyStore;
  beforeEach(() => {
    ({ store } = current());
  });

  describe('keys', () => {
    it('are made once, of 256 bits, each different', async () => {
      const made = await Promise.all(subjects(40).map((subject) => store.ensure(subject)));
      expect(new Set(made.map(bytesOf)).size).toBe(40);
      for (const key of made) expect(key.symmetricKeySize).toBe(32);
      const again = await Promise.all(subjects(40).map((subject) => store.ensure(subject)));
      expect(again.map(bytesOf)).toEqual(made.map(bytesOf));
    });

    it('are there for others as soon as they are given, and after all was closed', async () => {
      const second = await current().second();
      const made = bytesOf(await store.ensure('a'));
      expect(bytesOf((await second.get(['a'])).get('a'))).toBe(made);
      expect(bytesOf(await second.ensure('a'))).toBe(made);
      const later = await current().reopened();
      expect(bytesOf((await later.get(['a'])).get('a'))).toBe(made);
      expect(bytesOf(await later.ensure('a'))).toBe(made);
    });

    it('are the same for all who ask for one at once, on any connection', async () => {
      const second = await current().second();
      const asked = subjects(60).map((subject, i) => {
        const stores = i % 2 === 0 ? [store, second, store] : [second, store, second];
        return Promise.all(stores.map((one) => one.ensure(subject)));
      });
      for (const given of await Promise.all(asked)) expect(new Set(given.map(bytesOf)).size).toBe(1);
    });

    it('are read many at once in the order asked, without those there are not', async () => {
      const made = new Map<string, string | undefined>();
      for (const subject of ['b', 'a', 'd']) made.set(subject, bytesOf(await store.ensure(subject)));
      const second = await current().second();
      await second.get(['d']); // one is known to it, the others are not
      for (const one of [store, second]) {
        const found = await one.get(['d', 'never', 'a', 'b', 'a']);
        expect([...found.keys()]).toEqual(['d', 'a', 'b']);
        for (const [subject, key] of found) expect(bytesOf(key)).toBe(made.get(subject));
      }
      expect((await store.get([])).size).toBe(0);
      expect((await store.get(['never'])).size).toBe(0);
    });

    it('are read by thousands', async () => {
      const all = subjects(3000);
      await Promise.all(all.map((subject) => store.ensure(subject)));
      const second = await current().second();
      expect([...(await second.get(new Set(all))).keys()]).toEqual(all);
    });

    it('belong to any name', async () => {
      const names = ['', ' ', 'é😀', "a'b", 'a\nb', 'a*', '__proto__', 'x'.repeat(500)];
      const made = await Promise.all(names.map((name) => store.ensure(name)));
      const found = await (await current().second()).get(names);
      expect([...found.keys()]).toEqual(names);
      expect([...found.values()].map(bytesOf)).toEqual(made.map(bytesOf));
    });
  });

  describe('the subjects', () => {
    it('are counted, those of destroyed keys among them', async () => {
      expect(await store.subjects()).toBe(0);
      await Promise.all(subjects(5).map((subject) => store.ensure(subject)));
      await store.destroy('customer-3');
      await store.destroy('never-made');
      for (const one of [store, await current().second()]) expect(await one.subjects()).toBe(6);
      expect(await (await current().reopened()).subjects()).toBe(6);
    });
  });

  describe('how far erasures were carried out', () => {
    it('is what was recorded last, on every connection, and null before', async () => {
      expect(await store.erasures()).toBeNull();
      await store.recordErasures('1042:a');
      await store.recordErasures('1043:b');
      for (const one of [store, await current().second()]) expect(await one.erasures()).toBe('1043:b');
      expect(await (await current().reopened()).erasures()).toBe('1043:b');
    });
  });

  describe('a destroyed key', () => {
    it('is gone at once, for every connection, also one that had used it', async () => {
      const second = await current().second();
      await store.ensure('a');
      const kept = bytesOf(await store.ensure('b'));
      for (const one of [store, second]) await one.get(['a', 'b']);
      await store.destroy('a');
      for (const one of [second, store]) {
        const found = await one.get(['a', 'b']);
        expect([...found].map(([subject, key]) => [subject, bytesOf(key)])).toEqual([
          ['a', 'destroyed'],
          ['b', kept],
        ]);
        await expect(one.ensure('a')).rejects.toBeInstanceOf(SubjectErased);
        expect(bytesOf(await one.ensure('b'))).toBe(kept);
      }
    });

    it('is not made again: not beside others, not after all was closed, not when it was destroyed twice', async () => {
      await store.ensure('a');
      await store.destroy('a');
      await store.destroy('a');
      const [a, b] = await Promise.allSettled([store.ensure('a'), store.ensure('b')]);
      expect(a).toMatchObject({ status: 'rejected', reason: expect.any(SubjectErased) });
      expect(b.status).toBe('fulfilled');
      const later = await current().reopened();
      await expect(later.ensure('a')).rejects.toBeInstanceOf(SubjectErased);
      expect((await later.get(['a', 'b'])).get('a')).toBe('destroyed');
    });

    it('need not have been made', async () => {
      await store.destroy('a');
      await expect(store.ensure('a')).rejects.toBeInstanceOf(SubjectErased);
      await expect((await current().second()).ensure('a')).rejects.toBeInstanceOf(SubjectErased);
    });

    it('stays destroyed whoever makes it at the same time', async () => {
      const second = await current().second();
      await Promise.all(
        subjects(20).flatMap((subject) => [
          second.ensure(subject).catch((error: unknown) => expect(error).toBeInstanceOf(SubjectErased)),
          store.destroy(subject),
        ]),
      );
      for (const one of [store, second]) {
        expect(new Set((await one.get(subjects(20))).values())).toEqual(new Set(['destroyed']));
        for (const subject of subjects(20))
          await expect(one.ensure(subject)).rejects.toBeInstanceOf(SubjectErased);
      }
    });

    it('takes nothing with it when the store is compacted', async () => {
      await Promise.all(subjects(10).map((subject) => store.ensure(subject)));
      await store.destroy('customer-3');
      await store.compact();
      const found = await (await current().second()).get(subjects(10));
      expect([...found.values()].filter((key) => typeof key === 'object')).toHaveLength(9);
      expect(found.get('customer-3')).toBe('destroyed');
      await expect(store.ensure('customer-3')).rejects.toBeInstanceOf(SubjectErased);
    });
  });
}
