/** From one master key to another, while others use the store. */
import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { masterKey } from '../master-key.js';
import { KeyStoreUnavailable, SubjectErased } from '../port.js';
import { headerOf } from '../wrapping.js';
import { bytesOf, subjects, type KeyStorePlace } from './given.js';

export function rotation(current: () => KeyStorePlace): void {
  const [A, B] = [masterKey(randomBytes(32)), masterKey(randomBytes(32))];
  let place: KeyStorePlace;
  beforeEach(() => {
    place = current();
  });

  /** A store under A with so many keys, two of them destroyed, and one secret; and the bytes of the keys. */
  async function underA(count: number) {
    const store = await place.open({ current: A });
    const names = subjects(count);
    await Promise.all(names.map((name) => store.ensure(name)));
    await store.destroy(names[0]!); // there are more than two
    await store.destroy(names[1]!);
    const fingerprint = await store.fingerprint();
    const bytes = [...(await store.get(names)).values()].map(bytesOf);
    return { store, names, bytes, fingerprint, total: count - 2 + 1 };
  }

  describe('rotation', () => {
    it('leaves every key what it was, and nothing under the old master key', async () => {
      const { names, bytes, fingerprint, total, store } = await underA(40);
      await store.close();
      const both = await place.open({ current: B, previous: A });
      expect(await both.rewrap()).toEqual({ rewrapped: total, total });
      expect((await place.bytes()).includes(headerOf(A))).toBe(false);
      expect(await both.rewrap()).toEqual({ rewrapped: 0, total });
      await both.close();

      await expect(place.open({ current: A })).rejects.toBeInstanceOf(KeyStoreUnavailable);
      const onlyB = await place.open({ current: B });
      expect([...(await onlyB.get(names)).values()].map(bytesOf)).toEqual(bytes);
      expect(await onlyB.fingerprint()).toBe(fingerprint);
      await expect(onlyB.ensure(names[0]!)).rejects.toBeInstanceOf(SubjectErased);
    });

    it('begins with the command: until then all write under the old one, who has both as well', async () => {
      const { store } = await underA(3);
      const both = await place.open({ current: B, previous: A });
      const made = bytesOf(await both.ensure('new'));
      expect(bytesOf(await store.ensure('new'))).toBe(made);
      expect(bytesOf((await (await place.open({ current: A })).get(['new'])).get('new'))).toBe(made);
    });

    it('lets those go on that have both, and stops those that have the old one alone', async () => {
      const { store: old, names, bytes } = await underA(30);
      const server = await place.open({ current: B, previous: A });
      await (await place.open({ current: B, previous: A })).rewrap();
      expect([...(await server.get(names)).values()].map(bytesOf)).toEqual(bytes);
      const made = bytesOf(await server.ensure('new'));
      expect((await place.bytes()).includes(headerOf(A))).toBe(false);
      for (const call of [() => old.ensure('newer'), () => old.ensure('new'), () => old.get(['new'])])
        await expect(call()).rejects.toBeInstanceOf(KeyStoreUnavailable);
      expect(bytesOf(await (await place.open({ current: B })).ensure('new'))).toBe(made);
    });

    it('misses nothing that is made, and revives nothing that is destroyed, while it runs', async () => {
      const { names } = await underA(1200);
      const server = await place.open({ current: B, previous: A });
      const run = (await place.open({ current: B, previous: A })).rewrap();
      let finished = false;
      void run.finally(() => (finished = true));
      const made: string[] = [];
      const destroyed: string[] = [];
      for (let i = 0; i < 200 || !finished; i++) {
        const [next, doomed] = [`made-${i}`, names[(i * 7) % names.length]!];
        made.push(next);
        destroyed.push(doomed);
        await Promise.all([server.ensure(next), server.destroy(doomed)]);
        await turn();
      }
      await run;
      const onlyB = await place.open({ current: B });
      expect([...(await onlyB.get(made)).keys()]).toEqual(made);
      expect(new Set((await onlyB.get(destroyed)).values())).toEqual(new Set(['destroyed']));
      const standing = names.slice(2).filter((name) => !destroyed.includes(name));
      expect([...(await onlyB.get(standing)).keys()]).toEqual(standing);
      expect(await onlyB.rewrap()).toMatchObject({ rewrapped: 0 });
    });

    it('may be run twice at once', async () => {
      const { names, bytes, total } = await underA(1200);
      const stores = [
        await place.open({ current: B, previous: A }),
        await place.open({ current: B, previous: A }),
      ];
      const runs = await Promise.all(stores.map((store) => store.rewrap()));
      expect(runs.map((run) => run.total)).toEqual([total, total]);
      expect(runs.reduce((sum, { rewrapped }) => sum + rewrapped, 0)).toBe(total);
      const onlyB = await place.open({ current: B });
      expect([...(await onlyB.get(names)).values()].map(bytesOf)).toEqual(bytes);
    });

    it('that was cut off is not taken for a whole one, and is finished by the next', async () => {
      const { names, bytes, total } = await underA(1200);
      const cutOff = await place.open({ current: B, previous: A });
      const run = cutOff.rewrap().catch((error: unknown) => error);
      await turn();
      await cutOff.close();
      expect(await run).toBeInstanceOf(KeyStoreUnavailable);
      await expect(place.open({ current: B })).rejects.toBeInstanceOf(KeyStoreUnavailable);
      const both = await place.open({ current: B, previous: A });
      expect([...(await both.get(names)).values()].map(bytesOf)).toEqual(bytes);
      expect(await both.rewrap()).toMatchObject({ total });
      const onlyB = await place.open({ current: B });
      expect([...(await onlyB.get(names)).values()].map(bytesOf)).toEqual(bytes);
    });
  });
}
