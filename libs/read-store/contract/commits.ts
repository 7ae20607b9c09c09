/** The atomic commit and its checkpoint. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { UnknownCollection, WrongCheckpoint, type CollectionCommit, type ReadStore } from '../port.js';
import { at, documents, following, put as putIn, turn, type OpenedReadStore } from './given.js';

export function commits(current: () => OpenedReadStore): void {
  let store: ReadStore;
  beforeEach(() => {
    ({ store } = current());
  });
  const put = (changes: Partial<CollectionCommit>) => putIn(store, changes);

  describe('a commit', () => {
    it('moves the checkpoint and keeps the progress', async () => {
      expect(await store.states('v@1')).toEqual([]);
      await put({ checkpoint: 2n ** 62n, progress: new Map([[0, '{"seen":"é"}']]) });
      expect(await store.states('v@1')).toEqual([{ checkpoint: 2n ** 62n, progress: '{"seen":"é"}' }]);
      await put({ expected: 2n ** 62n, checkpoint: 2n ** 62n + 1n });
      expect(await store.states('v@1')).toEqual([{ checkpoint: 2n ** 62n + 1n, progress: '{}' }]);
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

    it('is refused to a collection that was not begun or is gone, and does not bring it back', async () => {
      await expect(store.commit([following({})])).rejects.toMatchObject(new UnknownCollection('v@1'));
      await put({ documents: documents('a') });
      const other = await current().second();
      await other.drop('v@1');
      const late = store.commit([following({ expected: 1n, documents: documents('a') })]);
      await expect(late).rejects.toBeInstanceOf(UnknownCollection);
      expect(await store.collections()).toEqual([]);
      expect([await store.states('v@1'), await store.get('v@1', ['a'])]).toEqual([[], [undefined]]);
    });

    it('happens in all its collections or in none', async () => {
      await put({ collection: 'y@1' });
      await store.begin('x@1', '{}');
      const first = following({ collection: 'x@1', documents: documents('a'), listed: [at('l', '1', 'a')], cells: new Map([['c', 1]]) }); // prettier-ignore
      const wrong = following({ collection: 'y@1', documents: documents('a') });
      await expect(store.commit([first, wrong])).rejects.toMatchObject({ collection: 'y@1', actual: 1n });
      expect(await store.states('x@1')).toEqual([{ checkpoint: null, progress: '{}' }]);
      expect(await store.get('x@1', ['a'])).toEqual([undefined]);
      expect([await store.size('x@1', 'l'), await store.cells('x@1', '')]).toEqual([0, []]);

      await store.commit([first, { ...wrong, expected: 1n, checkpoint: 2n }]);
      expect([await store.get('x@1', ['a']), await store.get('y@1', ['a'])]).toEqual([['{"k":"a"}'], ['{"k":"a"}']]); // prettier-ignore
      expect([await store.size('x@1', 'l'), await store.cells('x@1', '')]).toEqual([1, [['c', 1]]]);

      const again = following({ collection: 'x@1', expected: 1n, documents: new Map([['a', null]]), unlisted: [at('l', '1', 'a')], cells: new Map([['c', 1]]) }); // prettier-ignore
      const unknown = following({ collection: 'z@1' });
      await expect(store.commit([again, unknown])).rejects.toMatchObject({ collection: 'z@1' });
      await expect(store.commit([again, again])).rejects.toThrow(TypeError);
      expect([await store.get('x@1', ['a']), await store.size('x@1', 'l'), await store.cells('x@1', '')]).toEqual([['{"k":"a"}'], 1, [['c', 1]]]); // prettier-ignore
    });

    it('of tens of thousands of documents, entries and cells is one commit too', async () => {
      const names = Array.from({ length: 20_000 }, (_, i) => `n${i}`);
      const listed = names.map((key, i) => at(`l${i % 3}`, String(i % 1000).padStart(3, '0'), key));
      const cells = new Map(names.map((name, i) => [name, i + 1]));
      await put({ documents: documents(...names), listed, cells });
      expect((await store.cells('v@1', '')).length).toBe(20_000);
      expect(await store.size('v@1', 'l1')).toBe(6667);
      const gone = new Map(names.map((name) => [name, null]));
      const taken = new Map([...cells].map(([name, amount]) => [name, -amount]));
      await put({ expected: 1n, documents: gone, unlisted: listed, cells: taken });
      expect([await store.size('v@1', 'l1'), await store.cells('v@1', '')]).toEqual([0, []]);
      expect(await store.get('v@1', ['n0', 'n19999'])).toEqual([undefined, undefined]);
    });

    it('wins alone when two connections build on the same checkpoint', async () => {
      const other = await current().second();
      await store.begin('v@1', '{}');
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
      await store.begin('v@1', '{}');
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
}
