/** The atomic commit and its checkpoint, collections, and the end. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ReadStoreUnavailable, WrongCheckpoint, type ReadStore, type CollectionCommit } from '../port.js';
import { at, documents, following, turn, type OpenedReadStore } from './given.js';

export function commitsAndCollections(current: () => OpenedReadStore): void {
  let store: ReadStore;
  beforeEach(() => {
    ({ store } = current());
  });
  const put = (changes: Partial<CollectionCommit>) => store.commit([following(changes)]);

  describe('a commit', () => {
    it('moves the checkpoint and keeps the progress', async () => {
      expect(await store.state('v@1')).toBeUndefined();
      await put({ checkpoint: 2n ** 62n, progress: '{"seen":"é"}' });
      expect(await store.state('v@1')).toEqual({ checkpoint: 2n ** 62n, progress: '{"seen":"é"}' });
      await put({ expected: 2n ** 62n, checkpoint: 2n ** 62n + 1n, progress: '{}' });
      expect(await store.state('v@1')).toEqual({ checkpoint: 2n ** 62n + 1n, progress: '{}' });
      await store.commit([]);
    });

    it('is refused at another checkpoint, which is told', async () => {
      await expect(put({ expected: 7n })).rejects.toMatchObject(new WrongCheckpoint('v@1', 7n, null));
      await put({ checkpoint: 5n });
      for (const expected of [null, 4n, 6n]) {
        const refused = put({ expected, checkpoint: 9n, documents: documents('a') });
        await expect(refused).rejects.toBeInstanceOf(WrongCheckpoint);
        await expect(refused).rejects.toMatchObject({ collection: 'v@1', expected, actual: 5n });
      }
      expect(await store.get('v@1', ['a'])).toEqual([undefined]);
    });

    it('happens in all its collections or in none', async () => {
      await store.commit([following({ collection: 'y@1' })]);
      const first = following({ collection: 'x@1', documents: documents('a'), listed: [at('l', '1', 'a')], cells: new Map([['c', 1]]) }); // prettier-ignore
      const wrong = following({ collection: 'y@1', documents: documents('a') });
      await expect(store.commit([first, wrong])).rejects.toMatchObject({ collection: 'y@1', actual: 1n });
      expect(await store.collections()).toEqual(['y@1']);
      expect(await store.get('x@1', ['a'])).toEqual([undefined]);
      expect([await store.size('x@1', 'l'), await store.cells('x@1', '')]).toEqual([0, []]);

      await store.commit([first, { ...wrong, expected: 1n, checkpoint: 2n }]);
      expect([await store.get('x@1', ['a']), await store.get('y@1', ['a'])]).toEqual([['{"k":"a"}'], ['{"k":"a"}']]); // prettier-ignore
      expect([await store.size('x@1', 'l'), await store.cells('x@1', '')]).toEqual([1, [['c', 1]]]);
    });

    it('wins alone when two connections build on the same checkpoint', async () => {
      const other = await current().second();
      for (let at = 0n; at < 20n; at++) {
        const expected = at === 0n ? null : at;
        const commit = (who: string) =>
            following({ expected, checkpoint: at + 1n, cells: new Map([['n', 1], [who, 1]]) }); // prettier-ignore
        const outcomes = await Promise.allSettled([store.commit([commit('a')]), other.commit([commit('b')])]);
        const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
        expect(refused.map(({ reason }) => reason)).toEqual([expect.any(WrongCheckpoint)]);
      }
      expect(new Map(await store.cells('v@1', '')).get('n')).toBe(20);
    });

    it('is seen whole or not at all by another connection', async () => {
      const other = await current().second();
      const keys = ['a', 'b', 'c'];
      let reading = true;
      const reader = (async () => {
        const seen = new Set<number>();
        for (; reading; await turn()) {
          const found = await other.get('v@1', keys);
          const distinct = new Set(found);
          expect(distinct.size).toBe(1);
          const page = await other.range('v@1', 'l', { limit: 10 });
          expect([0, 3]).toContain(page.length);
          expect(new Set(page.map(({ document }) => document)).size).toBeLessThanOrEqual(1);
          seen.add(Number(found[0]));
        }
        return seen.size;
      })();
      for (let n = 0n; n < 100n; n++) {
        await store.commit([
          following({
            expected: n === 0n ? null : n,
            checkpoint: n + 1n,
            documents: new Map(keys.map((key) => [key, String(n)])),
            listed: keys.map((key) => at('l', String(n % 7n), key)),
            unlisted: n === 0n ? [] : keys.map((key) => at('l', String((n - 1n) % 7n), key)),
          }),
        ]);
        await turn();
      }
      reading = false;
      expect(await reader).toBeGreaterThan(1);
      expect(await other.get('v@1', keys)).toEqual(['99', '99', '99']);
    });
  });

  describe('collections', () => {
    it('are active for a view once they are made so, and on every connection', async () => {
      const other = await current().second();
      expect(await other.active('v')).toBeNull();
      await store.activate('v', 'v@1');
      await store.activate('w', 'w@1');
      expect([await other.active('v'), await other.active('w')]).toEqual(['v@1', 'w@1']);
      await other.activate('v', 'v@2');
      expect([await store.active('v'), await store.active('w')]).toEqual(['v@2', 'w@1']);
    });

    it('may be begun before anything is committed to them, which changes none that exists', async () => {
      await store.begin('v@1', '{"begun":1}');
      await store.begin('v@1', '{"begun":2}');
      expect(await store.state('v@1')).toEqual({ checkpoint: null, progress: '{"begun":1}' });
      expect([await store.collections(), await store.get('v@1', ['a'])]).toEqual([['v@1'], [undefined]]);
      await expect(put({ expected: 0n })).rejects.toMatchObject({ expected: 0n, actual: null });
      await put({ documents: documents('a') });
      await store.begin('v@1', '{"begun":3}');
      expect(await store.state('v@1')).toEqual({ checkpoint: 1n, progress: '{}' });
      expect(await store.get('v@1', ['a'])).toEqual(['{"k":"a"}']);
      await expect(store.begin('v\n', '{}')).rejects.toThrow(TypeError);
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
        await from.state(collection),
      ];
      const held = [['{"k":"a"}'], 1, 1, [['c', 1]], { checkpoint: 1n, progress: '{}' }];
      expect(await read(other, 'v@1')).toEqual(held);

      await store.drop('v@1');
      await store.drop('unknown@1');
      for (const each of [store, other]) {
        expect(await read(each, 'v@1')).toEqual([[undefined], 0, 0, [], undefined]);
        expect(await read(each, 'kept@1')).toEqual(held);
      }
      await other.commit([following({ documents: new Map([['a', '"again"']]) })]);
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
      () => store.state('v@1'),
      () => store.collections(),
      () => store.active('v'),
      () => store.activate('v', 'v@1'),
      () => store.drop('v@1'),
      () => store.scan('v@1')[Symbol.asyncIterator]().next(),
    ];
    for (const answer of answers) await expect(answer()).rejects.toBeInstanceOf(ReadStoreUnavailable);
  });
}
