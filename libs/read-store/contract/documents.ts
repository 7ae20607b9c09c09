/** Documents by key, and cells. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { wholeOf, type Whole } from '#kernel';
import { type ReadStore, type CollectionCommit } from '../port.js';
import { documents, following, put as putIn, type OpenedReadStore } from './given.js';

/** The ends of 64 bits with a sign. */
const MOST = 2n ** 63n - 1n;
const LEAST = -(2n ** 63n);

/** Of any size, and near the numbers where a carry or a sign goes wrong. */
const amounts = (): fc.Arbitrary<bigint> =>
  fc.oneof(
    fc.bigInt({ min: LEAST, max: MOST }),
    fc.bigInt({ min: -20n, max: 20n }),
    fc
      .tuple(
        fc.constantFrom(0n, 10n ** 9n, 10n ** 15n, 10n ** 18n, 2n ** 53n, MOST),
        fc.bigInt({ min: -2n, max: 2n }),
        fc.constantFrom(1n, -1n),
      )
      .map(([near, by, sign]) => sign * (near === MOST ? near - 2n + by : near + by)),
  );

export function documentsAndCells(current: () => OpenedReadStore): void {
  let store: ReadStore;
  beforeEach(() => {
    ({ store } = current());
  });
  const put = (changes: Partial<CollectionCommit>) => putIn(store, changes);

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
      for (const collection of ['v@1', 'v@2']) await store.begin(collection, '{}');
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
      const keys = ['B', 'a', 'a0', 'aa', 'é', '～', '😀', ...Array.from({ length: 950 }, (_, i) => `n${i}`)];
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

  describe('cells', () => {
    const add = (expected: bigint | null, ...cells: [string, Whole][]) =>
      put({ expected, checkpoint: (expected ?? 0n) + 1n, cells: new Map(cells) });

    it('add up, below zero and beyond 2^31, and are gone at zero', async () => {
      await add(null, ['big', 2 ** 31], ['less', 2], ['none', 0], ['zero', 5]);
      await add(1n, ['big', 2 ** 52], ['less', -5], ['zero', -5]);
      expect(await store.cells('v@1', '')).toEqual([['big', 2 ** 31 + 2 ** 52], ['less', -3]]); // prettier-ignore
      await add(2n, ['zero', 1]);
      expect(await store.cells('v@1', 'z')).toEqual([['zero', 1]]);
      expect(await store.cells('unknown@1', '')).toEqual([]);
    });

    it('are exact within 64 bits, or the commit is refused and nothing of it is stored', async () => {
      await add(null, ['most', MOST], ['least', LEAST]);
      for (const cell of [
        ['most', 1],
        ['least', -1],
        ['most', MOST],
        ['least', LEAST],
      ] as [string, Whole][])
        // prettier-ignore
        await expect(add(1n, ['other', 1], cell)).rejects.toThrow(TypeError);
      expect(await store.cells('v@1', '')).toEqual([['least', LEAST], ['most', MOST]]); // prettier-ignore
      await add(1n, ['most', -MOST], ['least', MOST]);
      expect(await store.cells('v@1', '')).toEqual([['least', -1]]);
    });

    it('add up as whole numbers do, whatever their signs and sizes', async () => {
      await put({});
      let checkpoint = 1n;
      await fc.assert(
        fc.asyncProperty(fc.array(amounts(), { minLength: 1, maxLength: 12 }), async (added) => {
          const cell = `of ${checkpoint}`;
          let sum = 0n;
          for (const amount of added) {
            if (sum + amount > MOST || sum + amount < LEAST) continue;
            await add(checkpoint, [cell, wholeOf(amount)]);
            checkpoint += 1n;
            sum += amount;
            expect(await store.cells('v@1', cell)).toEqual(sum === 0n ? [] : [[cell, wholeOf(sum)]]);
          }
        }),
        { numRuns: 60 },
      );
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
}
