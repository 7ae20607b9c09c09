/** What the specs of the Redis store share: a store with one whole collection, and how to clear up after it. */
import { Redis } from 'ioredis';
import { at, documents, following } from '../contract/given.js';
import type { CollectionCommit, ReadStore } from '../port.js';

/** Two documents, listed, with a cell, at checkpoint 1, and live. */
export async function fill(store: ReadStore, collection = 'v@1'): Promise<void> {
  await store.begin(collection, '{}');
  await store.commit([filled({ collection })]);
  await store.activate('v', collection);
}

export const filled = (changes: Partial<CollectionCommit> = {}): CollectionCommit =>
  following({
    documents: documents('a', 'b'),
    listed: [at('l', '1', 'a'), at('l', '2', 'b')],
    cells: new Map([['c', 2]]),
    ...changes,
  });

/** Everything that can be read of the collection, as `fill` leaves it. */
export const READS: Readonly<
  Record<string, readonly [(store: ReadStore) => Promise<unknown>, whole: unknown]>
> = {
  get: [(store) => store.get('v@1', ['a', 'none']), ['{"k":"a"}', undefined]],
  range: [
    (store) => store.range('v@1', 'l', { limit: 1, direction: 'descending' }),
    [{ sort: '2', key: 'b', document: '{"k":"b"}' }],
  ],
  rangeText: [
    (store) => store.rangeText('v@1', 'l', { limit: 1 }),
    { text: '[{"k":"a"}]', last: { sort: '1', key: 'a' }, count: 1 },
  ],
  size: [(store) => store.size('v@1', 'l'), 2],
  cells: [(store) => store.cells('v@1', ''), [['c', 2]]],
  scan: [
    async (store) => {
      const keys = [];
      for await (const { key } of store.scan('v@1')) keys.push(key);
      return keys;
    },
    ['a', 'b'],
  ],
};

/** Removes every key under the prefix. */
export async function clear(url: string, prefix: string): Promise<void> {
  const client = new Redis(url);
  let cursor = '0';
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', `{${prefix}}:*`, 'COUNT', 1000);
    if (keys.length > 0) await client.unlink(...keys);
    cursor = next;
  } while (cursor !== '0');
  client.disconnect();
}
