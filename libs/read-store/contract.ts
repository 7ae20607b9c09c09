/**
 * What a read store is, as tests. Each adapter's spec runs this suite unchanged; nothing in it knows which
 * store it is talking to.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ReadStoreUnavailable,
  WrongCheckpoint,
  type CollectionCommit,
  type ListEntry,
  type ListRange,
  type ReadStore,
} from './port.js';

export interface OpenedReadStore {
  /** On data of its own: nothing committed before is in it. */
  readonly store: ReadStore;
  /** Another connection to the same data; `close` closes it too. */
  second(): Promise<ReadStore>;
  close(): Promise<void>;
}

export function readStoreContract(name: string, open: () => Promise<OpenedReadStore>): void {
  describe(`${name} as a read store`, () => {
    let opened: OpenedReadStore;
    let store: ReadStore;
    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
    });
    afterEach(() => opened.close());

    const put = (changes: Partial<CollectionCommit>) => store.commit([following(changes)]);

    describe('documents', () => {
      it('are answered in the order asked, with gaps and repetitions', async () => {
        await put({ documents: documents('a', 'b', 'c') });
        expect(await store.get('v@1', ['c', 'none', 'a', 'c'])).toEqual([
          '{"k":"c"}',
          undefined,
          '{"k":"a"}',
          '{"k":"c"}',
        ]);
        expect(await store.get('v@1', [])).toEqual([]);
        expect(await store.get('unknown@1', ['a', 'b'])).toEqual([undefined, undefined]);
      });

      it('are overwritten and deleted', async () => {
        await put({ documents: documents('a', 'b') });
        await store.commit([
          following({ expected: 1n, documents: new Map([['a', '{"k":2}'], ['b', null], ['none', null]]) }), // prettier-ignore
        ]);
        expect(await store.get('v@1', ['a', 'b'])).toEqual(['{"k":2}', undefined]);
      });

      it('are kept apart by collection', async () => {
        await store.commit([
          following({ collection: 'v@1', documents: new Map([['a', '1']]) }),
          following({ collection: 'v@2', documents: new Map([['a', '2']]) }),
        ]);
        expect([await store.get('v@1', ['a']), await store.get('v@2', ['a'])]).toEqual([['1'], ['2']]);
      });

      it('keep every character and half a million bytes', async () => {
        const text = JSON.stringify({ text: 'Zoë 😀 \u0000 \ud800 "\\ \u2028'.repeat(20_000) });
        await put({ documents: new Map([['k-é-😀', text]]) });
        expect(Buffer.byteLength(text)).toBeGreaterThan(500_000);
        expect(await store.get('v@1', ['k-é-😀'])).toEqual([text]);
      });

      it('come by the thousand', async () => {
        const keys = Array.from({ length: 1203 }, (_, i) => `k${i}`);
        await put({ documents: documents(...keys) });
        expect(await store.get('v@1', keys)).toEqual(keys.map((k) => JSON.stringify({ k })));
      });

      it('are scanned by key, by code point', async () => {
        const keys = [
          'B',
          'a',
          'a0',
          'aa',
          'é',
          '～',
          '😀',
          ...Array.from({ length: 950 }, (_, i) => `n${i}`),
        ];
        await put({ documents: documents(...keys) });
        const scanned = [];
        for await (const { key, document } of store.scan('v@1')) {
          expect(document).toBe(JSON.stringify({ k: key }));
          scanned.push(key);
        }
        expect(scanned).toEqual(keys.sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y))));
        for await (const item of store.scan('unknown@1')) expect(item).toBeUndefined();
      });
    });

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

      it('refuse names with control characters and sorts that are not ASCII, and keep nothing', async () => {
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
        ];
        for (const changes of refused) await expect(put(changes)).rejects.toThrow(TypeError);
        expect(await store.collections()).toEqual([]);
        await expect(keysOf('l', { after: { sort: '\u0000', key: '' } })).rejects.toThrow(TypeError);
        await expect(keysOf('l', { from: 'é' })).rejects.toThrow(TypeError);
      });
    });

    describe('cells', () => {
      const add = (expected: bigint | null, ...cells: [string, number][]) =>
        put({ expected, checkpoint: (expected ?? 0n) + 1n, cells: new Map(cells) });

      it('add up, below zero and beyond 2^31, and are gone at zero', async () => {
        await add(null, ['big', 2 ** 31], ['less', 2], ['none', 0], ['zero', 5]);
        await add(1n, ['big', 2 ** 52], ['less', -5], ['zero', -5]);
        expect(await store.cells('v@1', '')).toEqual([['big', 2 ** 31 + 2 ** 52], ['less', -3]]); // prettier-ignore
        await add(2n, ['zero', 1]);
        expect(await store.cells('v@1', 'z')).toEqual([['zero', 1]]);
        expect(await store.cells('unknown@1', '')).toEqual([]);
      });

      it('are found by prefix, of which no character is special', async () => {
        const names = ['a%', 'a%b', 'a*', 'a_c', 'ab', 'a[b]', 'A%', 'a%😀', 'a\\', 'é', 'ê'];
        await add(null, ...names.map((name): [string, number] => [name, 1]));
        for (const prefix of ['a%', 'a_', 'a*', 'a[', 'a\\', 'a', 'é', '', 'zz']) {
          const expected = names.filter((cell) => cell.startsWith(prefix));
          expected.sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
          expect((await store.cells('v@1', prefix)).map(([cell]) => cell)).toEqual(expected);
        }
      });
    });

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
        const other = await opened.second();
        for (let at = 0n; at < 20n; at++) {
          const expected = at === 0n ? null : at;
          const commit = (who: string) =>
            following({ expected, checkpoint: at + 1n, cells: new Map([['n', 1], [who, 1]]) }); // prettier-ignore
          const outcomes = await Promise.allSettled([
            store.commit([commit('a')]),
            other.commit([commit('b')]),
          ]);
          const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
          expect(refused.map(({ reason }) => reason)).toEqual([expect.any(WrongCheckpoint)]);
        }
        expect(new Map(await store.cells('v@1', '')).get('n')).toBe(20);
      });

      it('is seen whole or not at all by another connection', async () => {
        const other = await opened.second();
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
        const other = await opened.second();
        expect(await other.active('v')).toBeNull();
        await store.activate('v', 'v@1');
        await store.activate('w', 'w@1');
        expect([await other.active('v'), await other.active('w')]).toEqual(['v@1', 'w@1']);
        await other.activate('v', 'v@2');
        expect([await store.active('v'), await store.active('w')]).toEqual(['v@2', 'w@1']);
      });

      it('are named in order', async () => {
        for (const collection of ['b@1', 'a@2', 'a@1', 'é@1']) await put({ collection });
        expect(await store.collections()).toEqual(['a@1', 'a@2', 'b@1', 'é@1']);
      });

      it('are dropped with all they held, and may begin again, seen so by other connections', async () => {
        const other = await opened.second();
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
        () => store.state('v@1'),
        () => store.collections(),
        () => store.active('v'),
        () => store.activate('v', 'v@1'),
        () => store.drop('v@1'),
        () => store.scan('v@1')[Symbol.asyncIterator]().next(),
      ];
      for (const answer of answers) await expect(answer()).rejects.toBeInstanceOf(ReadStoreUnavailable);
    });
  });
}

/** A commit that follows on nothing unless told so, at checkpoint `expected + 1`. */
function following(changes: Partial<CollectionCommit>): CollectionCommit {
  return {
    collection: 'v@1',
    expected: null,
    checkpoint: (changes.expected ?? 0n) + 1n,
    documents: new Map(),
    listed: [],
    unlisted: [],
    cells: new Map(),
    progress: '{}',
    ...changes,
  };
}

const documents = (...keys: string[]) => new Map(keys.map((k) => [k, JSON.stringify({ k })]));
const at = (list: string, sort: string, key: string): ListEntry => ({ list, sort, key });
const placeOf = (item: Pick<ListEntry, 'sort' | 'key'> | undefined) =>
  item && { sort: item.sort, key: item.key };
const turn = () => new Promise((resolve) => setImmediate(resolve));
