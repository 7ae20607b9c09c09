/** Partitions: one collection, moved by several processes. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { UnknownCollection, WrongCheckpoint, type CollectionCommit, type ReadStore } from '../port.js';
import { documents, following, type OpenedReadStore } from './given.js';

export function partitions(current: () => OpenedReadStore): void {
  let store: ReadStore;
  let other: ReadStore;
  beforeEach(async () => {
    ({ store } = current());
    other = await current().second();
  });
  const move = (by: ReadStore, changes: Partial<CollectionCommit>, ...numbers: number[]) => {
    const { checkpoint } = following(changes);
    const progress = new Map(numbers.map((number) => [number, `{"at":${checkpoint}}`]));
    return by.commit([following({ ...changes, progress })]);
  };
  const at = (checkpoint: bigint | null) => ({ checkpoint, progress: `{"at":${checkpoint ?? 0}}` });

  describe('partitions', () => {
    beforeEach(() => store.begin('v@1', '{"at":0}', 3));

    it('begin without a checkpoint, and move apart and together', async () => {
      expect(await store.states('v@1')).toEqual([at(null), at(null), at(null)]);
      await move(store, { checkpoint: 4n }, 1);
      expect(await other.states('v@1')).toEqual([at(null), at(4n), at(null)]);
      await move(other, { checkpoint: 4n }, 2, 0);
      await move(store, { expected: 4n, checkpoint: 9n }, 0, 1, 2);
      expect(await other.states('v@1')).toEqual([at(9n), at(9n), at(9n)]);
    });

    it('are refused where one of those named is elsewhere, which is told', async () => {
      await move(store, { checkpoint: 4n }, 1);
      const together = (expected: bigint | null) => move(other, { expected, checkpoint: 9n, documents: documents('a') }, 0, 1, 2); // prettier-ignore
      await expect(together(null)).rejects.toMatchObject(new WrongCheckpoint('v@1', null, 4n, 1));
      await expect(together(4n)).rejects.toMatchObject(new WrongCheckpoint('v@1', 4n, null, 0));
      expect(await store.states('v@1')).toEqual([at(null), at(4n), at(null)]);
      expect(await store.get('v@1', ['a'])).toEqual([undefined]);
    });

    it('are numbered from 0 to those begun, and a commit names at least one', async () => {
      await expect(move(store, {}, 3)).rejects.toBeInstanceOf(UnknownCollection);
      await expect(move(store, { cells: new Map([['c', 1]]) }, 0, 3)).rejects.toBeInstanceOf(
        UnknownCollection,
      );
      for (const none of [[], [-1], [0.5]]) await expect(move(store, {}, ...none)).rejects.toThrow(TypeError);
      expect(await store.states('v@1')).toEqual([at(null), at(null), at(null)]);
      expect(await store.cells('v@1', '')).toEqual([]);
    });

    it('share documents, lists and cells, which add up exactly', async () => {
      const amounts = (partition: number, step: number) => new Map([['all', 2 ** 40 + step], [`p${partition}`, 1], ['none', partition === 0 ? 1 : -1]]); // prettier-ignore
      const run = async (by: ReadStore, partition: number): Promise<void> => {
        for (let step = 0; step < 25; step++) {
          const key = `k${partition}-${step}`;
          const expected = step === 0 ? null : BigInt(step);
          const listed = [{ list: 'l', sort: String(step).padStart(2, '0'), key }];
          await move(by, { expected, documents: documents(key), listed, cells: amounts(partition, step) }, partition); // prettier-ignore
        }
      };
      await Promise.all([run(store, 0), run(other, 1)]);
      expect(await store.cells('v@1', '')).toEqual([['all', 50 * 2 ** 40 + 600], ['p0', 25], ['p1', 25]]); // prettier-ignore
      expect([await store.size('v@1', 'l'), await store.states('v@1')]).toEqual([50, [at(25n), at(25n), at(null)]]); // prettier-ignore
      expect(await store.get('v@1', ['k0-0', 'k1-24'])).toEqual(['{"k":"k0-0"}', '{"k":"k1-24"}']);
    });

    it('are all gone with their collection', async () => {
      await move(store, {}, 0, 1, 2);
      await other.drop('v@1');
      expect(await store.states('v@1')).toEqual([]);
      await store.begin('v@1', '{"at":0}');
      expect(await other.states('v@1')).toEqual([at(null)]);
      await expect(move(other, {}, 1)).rejects.toBeInstanceOf(UnknownCollection);
    });
  });
}
