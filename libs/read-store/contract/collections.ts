/** Collections: begun, active, dropped; and the end of the store. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ReadStoreUnavailable, UnknownCollection, type CollectionCommit, type ReadStore } from '../port.js';
import { at, documents, following, put as putIn, type OpenedReadStore } from './given.js';

export function collections(current: () => OpenedReadStore): void {
  let store: ReadStore;
  beforeEach(() => {
    ({ store } = current());
  });
  const put = (changes: Partial<CollectionCommit>) => putIn(store, changes);

  describe('collections', () => {
    it('are active for a view once they are made so, and on every connection', async () => {
      const other = await current().second();
      expect(await other.active('v')).toBeNull();
      for (const collection of ['v@1', 'v@2', 'w@1']) await store.begin(collection, '{}');
      await store.activate('v', 'v@1');
      await store.activate('w', 'w@1');
      expect([await other.active('v'), await other.active('w')]).toEqual(['v@1', 'w@1']);
      await other.activate('v', 'v@2');
      expect([await store.active('v'), await store.active('w')]).toEqual(['v@2', 'w@1']);
      await expect(store.activate('v', 'v@3')).rejects.toBeInstanceOf(UnknownCollection);
      expect(await other.active('v')).toBe('v@2');
    });

    it('may be begun before anything is committed to them, which changes none that exists', async () => {
      await store.begin('v@1', '{"begun":1}');
      await store.begin('v@1', '{"begun":2}', 3);
      expect(await store.states('v@1')).toEqual([{ checkpoint: null, progress: '{"begun":1}' }]);
      expect([await store.collections(), await store.get('v@1', ['a'])]).toEqual([['v@1'], [undefined]]);
      await expect(put({ expected: 0n })).rejects.toMatchObject({ expected: 0n, actual: null });
      await put({ documents: documents('a') });
      await store.begin('v@1', '{"begun":3}');
      expect(await store.states('v@1')).toEqual([{ checkpoint: 1n, progress: '{}' }]);
      expect(await store.get('v@1', ['a'])).toEqual(['{"k":"a"}']);
      await expect(store.begin('v\n', '{}')).rejects.toThrow(TypeError);
      for (const partitions of [0, -1, 1.5, NaN])
        await expect(store.begin('w@1', '{}', partitions)).rejects.toThrow(TypeError);
      expect(await store.collections()).toEqual(['v@1']);
    });

    it('keep a text about themselves, which may be another later', async () => {
      const other = await current().second();
      expect(await store.about('v@1')).toBeNull();
      await expect(store.describe('v@1', 'x')).rejects.toBeInstanceOf(UnknownCollection);
      await store.begin('v@1', '{}', 2, '{"of":"é"}');
      await store.begin('v@1', '{}', 2, 'another');
      await put({ collection: 'w@1' });
      expect([await other.about('v@1'), await other.about('w@1')]).toEqual(['{"of":"é"}', '']);
      await other.describe('v@1', '{"of":2}');
      expect(await store.about('v@1')).toBe('{"of":2}');
      await store.drop('v@1');
      expect(await other.about('v@1')).toBeNull();
    });

    it('are active for no view once they are dropped', async () => {
      const other = await current().second();
      for (const collection of ['v@1', 'w@1']) await put({ collection });
      await store.activate('v', 'v@1');
      await store.activate('w', 'w@1');
      await store.drop('v@1');
      for (const each of [store, other])
        expect([await each.active('v'), await each.active('w')]).toEqual([null, 'w@1']);
    });

    it('are named in order', async () => {
      for (const collection of ['b@1', 'a@2', 'a@1', 'é@1']) await put({ collection });
      expect(await store.collections()).toEqual(['a@1', 'a@2', 'b@1', 'é@1']);
    });

    it('are dropped with all they held, and may begin again, seen so by other connections', async () => {
      const other = await current().second();
      const full = { documents: documents('a'), listed: [at('l', '1', 'a')], cells: new Map([['c', 1]]) };
      await put(full);
      await put({ ...full, collection: 'kept@1' });
      const read = async (from: ReadStore, collection: string) => [
        await from.get(collection, ['a']),
        (await from.rangeText(collection, 'l', { limit: 1 })).count,
        await from.size(collection, 'l'),
        await from.cells(collection, ''),
        await from.states(collection),
      ];
      const held = [['{"k":"a"}'], 1, 1, [['c', 1]], [{ checkpoint: 1n, progress: '{}' }]];
      expect(await read(other, 'v@1')).toEqual(held);

      await store.drop('v@1');
      await store.drop('unknown@1');
      for (const each of [store, other]) {
        expect(await read(each, 'v@1')).toEqual([[undefined], 0, 0, [], []]);
        expect(await read(each, 'kept@1')).toEqual(held);
      }
      const again = following({ documents: new Map([['a', '"again"']]) });
      await expect(other.commit([again])).rejects.toBeInstanceOf(UnknownCollection);
      await putIn(other, again);
      expect(await read(store, 'v@1')).toEqual([['"again"'], 0, 0, [], held[4]]);
    });

    it('with many documents are dropped too', async () => {
      const keys = Array.from({ length: 5000 }, (_, i) => `k${i}`);
      await put({ documents: documents(...keys), listed: keys.map((key) => at(key, key, key)) });
      await store.drop('v@1');
      expect(await store.collections()).toEqual([]);
      await put({ documents: documents('only') });
      expect(await store.get('v@1', ['k0', 'only'])).toEqual([undefined, '{"k":"only"}']);
    });
  });

  it('answers nothing after it was closed', async () => {
    await put({ documents: documents('a') });
    await store.close();
    await store.close();
    const answers: (() => Promise<unknown>)[] = [
      () => store.get('v@1', ['a']),
      () => store.range('v@1', 'l', { limit: 1 }),
      () => store.rangeText('v@1', 'l', { limit: 1 }),
      () => store.size('v@1', 'l'),
      () => store.cells('v@1', ''),
      () => store.commit([following({ expected: 1n, checkpoint: 2n })]),
      () => store.begin('v@1', '{}'),
      () => store.states('v@1'),
      () => store.collections(),
      () => store.active('v'),
      () => store.activate('v', 'v@1'),
      () => store.drop('v@1'),
      () => store.compact(),
      () => store.lease('l', 'h', 1),
      () => store.release({ name: 'l', holder: 'h', token: 1n }),
      () => store.leases(''),
      () => store.scan('v@1')[Symbol.asyncIterator]().next(),
    ];
    for (const answer of answers) await expect(answer()).rejects.toBeInstanceOf(ReadStoreUnavailable);
  });
}
