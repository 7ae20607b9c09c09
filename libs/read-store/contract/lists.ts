/** Lists: order, bounds, cursors, and what they refuse. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type CollectionCommit, type ListRange, type ReadStore } from '../port.js';
import { at, documents, following, placeOf, put as putIn, type OpenedReadStore } from './given.js';

export function lists(current: () => OpenedReadStore): void {
  let store: ReadStore;
  beforeEach(() => {
    ({ store } = current());
  });
  const put = (changes: Partial<CollectionCommit>) => putIn(store, changes);

  describe('lists', () => {
    const keysOf = async (list: string, range: Partial<ListRange> = {}) =>
      (await store.range('v@1', list, { limit: 100, ...range })).map(({ key }) => key);
    const fill = (list: string, ...places: [sort: string, key: string][]) =>
      put({
        documents: documents(...places.map(([, key]) => key)),
        listed: places.map(([sort, key]) => ({ list, sort, key })),
      });

    it('are sorted by sort, then by key, and read in both directions', async () => {
      await fill('l', ['2', 'a'], ['1', 'z'], ['10', 'd'], ['2', 'B'], ['', 'e'], ['2', 'b'], ['a', 'c']);
      const ascending = ['e', 'z', 'd', 'B', 'a', 'b', 'c'];
      expect(await keysOf('l')).toEqual(ascending);
      expect(await keysOf('l', { direction: 'descending' })).toEqual([...ascending].reverse());
      expect(await store.range('v@1', 'l', { limit: 2 })).toEqual([
        { sort: '', key: 'e', document: '{"k":"e"}' },
        { sort: '1', key: 'z', document: '{"k":"z"}' },
      ]);
      expect(await store.size('v@1', 'l')).toBe(7);
    });

    it('are apart from each other, and empty where nothing was listed', async () => {
      await fill('l', ['1', 'a']);
      expect(await keysOf('l ')).toEqual([]);
      expect(await keysOf('L')).toEqual([]);
      expect(await store.range('unknown@1', 'l', { limit: 1 })).toEqual([]);
      expect([await store.size('v@1', 'm'), await store.size('unknown@1', 'l')]).toEqual([0, 0]);
    });

    it('are bounded from inclusive to exclusive', async () => {
      await fill('l', ['1', 'a'], ['2', 'b'], ['3', 'c'], ['30', 'd'], ['4', 'e']);
      expect(await keysOf('l', { from: '2', to: '4' })).toEqual(['b', 'c', 'd']);
      expect(await keysOf('l', { from: '2', to: '4', direction: 'descending' })).toEqual(['d', 'c', 'b']);
      expect(await keysOf('l', { from: '31' })).toEqual(['e']);
      expect(await keysOf('l', { to: '2' })).toEqual(['a']);
      expect(await keysOf('l', { from: '4', to: '2' })).toEqual([]);
      const after = { sort: '3', key: 'c' };
      expect(await keysOf('l', { from: '2', to: '4', after })).toEqual(['d']);
      expect(await keysOf('l', { from: '2', to: '4', after, direction: 'descending' })).toEqual(['b']);
      expect(await keysOf('l', { from: '4', after })).toEqual(['e']);
    });

    it.each(['ascending', 'descending'] as const)(
      'read %s in pages give each item once, equal sorts among them',
      async (direction) => {
        const places = Array.from({ length: 60 }, (_, i): [string, string] => [
          String(Math.floor(((i * 7) % 60) / 4)),
          `k${String((i * 11) % 60).padStart(2, '0')}`,
        ]);
        await fill('l', ...places);
        const whole = await keysOf('l', { direction });
        expect(new Set(whole).size).toBe(60);
        for (const limit of [1, 3, 7]) {
          const paged: string[] = [];
          let after: ListRange['after'];
          do {
            const page = await store.range('v@1', 'l', { direction, limit, after });
            paged.push(...page.map(({ key }) => key));
            after = page.at(-1);
          } while (after);
          expect(paged).toEqual(whole);
        }
      },
    );

    it('continue at a cursor whatever was inserted or deleted meanwhile, the cursor itself too', async () => {
      await fill('l', ['1', 'a'], ['2', 'b'], ['3', 'c'], ['4', 'd']);
      const [, after] = await store.range('v@1', 'l', { limit: 2 });
      await store.commit([
        following({
          expected: 1n,
          documents: new Map([...documents('0', 'x', 'bb'), ['b', null], ['c', null]]),
          listed: [at('l', '0', '0'), at('l', '2', 'bb'), at('l', '35', 'x')],
          unlisted: [at('l', '2', 'b'), at('l', '3', 'c')],
        }),
      ]);
      expect(await keysOf('l', { after })).toEqual(['bb', 'x', 'd']);
      expect(await keysOf('l', { after, direction: 'descending' })).toEqual(['a', '0']);
    });

    it('let a document move, stay, and be in several', async () => {
      await fill('l', ['1', 'a'], ['2', 'b']);
      await store.commit([
        following({
          expected: 1n,
          unlisted: [at('l', '1', 'a'), at('l', '2', 'b'), at('l', '9', 'never listed')],
          listed: [at('m', '5', 'a'), at('l', '2', 'b'), at('l', '0', 'b'), at('l', '2', 'b')],
        }),
      ]);
      expect([await keysOf('l'), await keysOf('m')]).toEqual([['b', 'b'], ['a']]);
      expect([await store.size('v@1', 'l'), await store.size('v@1', 'm')]).toEqual([2, 1]);
    });

    it('show a document as it is now, and not one that was deleted', async () => {
      await fill('l', ['1', 'a'], ['2', 'b']);
      await store.commit([following({ expected: 1n, documents: new Map([['a', '{"now":1}'], ['b', null]]), unlisted: [at('l', '2', 'b')] })]); // prettier-ignore
      expect(await store.range('v@1', 'l', { limit: 9 })).toEqual([
        { sort: '1', key: 'a', document: '{"now":1}' },
      ]);
      expect(await store.size('v@1', 'l')).toBe(1);
    });

    it('give as one text what they give as items', async () => {
      await fill('l', ['1', 'a'], ['2', 'é😀'], ['2', 'b'], ['3', 'c']);
      const ranges: ListRange[] = [
        { limit: 2 },
        { limit: 3, direction: 'descending' },
        { limit: 100, from: '2', to: '3' },
        { limit: 1, after: { sort: '2', key: 'b' } },
        { limit: 1, from: '9' },
      ];
      for (const range of ranges) {
        const items = await store.range('v@1', 'l', range);
        const { text, last, count } = await store.rangeText('v@1', 'l', range);
        expect(JSON.parse(text)).toEqual(items.map(({ document }) => JSON.parse(document)));
        expect(last).toEqual(items.length > 0 ? placeOf(items.at(-1)) : null);
        expect(count).toBe(items.length);
      }
      expect(await store.rangeText('unknown@1', 'l', { limit: 1 })).toEqual({ text: '[]', last: null, count: 0 }); // prettier-ignore
    });

    it('are read by 1 to 1000 items', async () => {
      await fill('l', ['1', 'a']);
      for (const limit of [0, -1, 1001, 1.5, NaN]) {
        await expect(store.range('v@1', 'l', { limit })).rejects.toThrow(RangeError);
        await expect(store.rangeText('v@1', 'l', { limit })).rejects.toThrow(RangeError);
      }
      expect(await keysOf('l', { limit: 1000 })).toEqual(['a']);
    });

    it('refuse names with control characters, sorts that are not ASCII and documents that are not there, and keep nothing', async () => {
      const refused: Partial<CollectionCommit>[] = [
        { documents: documents('a\u0000') },
        { documents: documents('\ud800') },
        { documents: documents('') },
        { documents: documents('a'), listed: [at('l\n', '1', 'a')] },
        { documents: documents('a'), listed: [at('l', 'é', 'a')] },
        { unlisted: [at('l', '\u001f', 'a')] },
        { cells: new Map([['c\u007f', 1]]) },
        { cells: new Map([['c', 0.5]]) },
        { collection: 'v\t@1' },
        { documents: documents('a'), listed: [at('l', '1', 'not there')] },
        { documents: new Map([['a', null]]), listed: [at('l', '1', 'a')] },
      ];
      await store.begin('v@1', '{}');
      for (const changes of refused)
        await expect(store.commit([following(changes)])).rejects.toThrow(TypeError);
      expect(await store.states('v@1')).toEqual([{ checkpoint: null, progress: '{}' }]);
      expect([await store.get('v@1', ['a']), await store.cells('v@1', '')]).toEqual([[undefined], []]);
      await expect(keysOf('l', { after: { sort: '\u0000', key: '' } })).rejects.toThrow(TypeError);
      await expect(keysOf('l', { from: 'é' })).rejects.toThrow(TypeError);
    });
  });
}
