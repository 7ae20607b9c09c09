/** The adapters beside each other: the same commits, and then the same answer to everything that can be read. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startRedis, type RedisServer } from '#test/support/redis.js';
import { following } from './contract/given.js';
import { openEmbeddedReadStore } from './embedded/open.js';
import type { CollectionCommit, ListEntry, ListRange, ReadStore } from './port.js';
import { openRedisReadStore } from './redis/open.js';

/** A document as it is to be: null where it is to go, with its entries. */
interface Change {
  readonly key: string;
  readonly document: string | null;
  readonly places: readonly Omit<ListEntry, 'key'>[];
}

interface Step {
  readonly changes: readonly Change[];
  readonly cells: Readonly<Record<string, number>>;
}

const KEYS = ['a', 'b', 'ab', 'B', 'é', '～', '😀', 'k 1'];
const LISTS = ['l', 'l ', 'lm', '😀'];
const SORTS = ['', '1', '10', '2', ' ', '~'];
const sort = fc.constantFrom(...SORTS);
const place = fc.record({ list: fc.constantFrom(...LISTS), sort });
const change: fc.Arbitrary<Change> = fc.record({
  key: fc.constantFrom(...KEYS),
  document: fc.option(fc.json({ maxDepth: 1 })),
  places: fc.array(place, { maxLength: 3 }),
});
const cells = fc.dictionary(fc.constantFrom('a', 'ab', 'a%', 'é', '😀'), fc.integer({ min: -2, max: 2 }));
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ changes: fc.uniqueArray(change, { selector: ({ key }) => key, maxLength: 6 }), cells }),
  { maxLength: 6 },
);
const range: fc.Arbitrary<ListRange> = fc.record(
  {
    limit: fc.integer({ min: 1, max: 5 }),
    direction: fc.constantFrom('ascending', 'descending'),
    from: sort,
    to: sort,
    after: fc.record({ sort, key: fc.constantFrom(...KEYS, 'zz') }),
  },
  { requiredKeys: ['limit'] },
);

/** Each commit takes away what the changes before it have listed. */
function commitsOf(of: readonly Step[]): CollectionCommit[] {
  const listed = new Map<string, ListEntry[]>();
  return of.map((step, n) => {
    const before = step.changes.flatMap(({ key }) => listed.get(key) ?? []);
    for (const { key, document, places } of step.changes)
      listed.set(key, document === null ? [] : places.map((at) => ({ ...at, key })));
    return following({
      expected: n === 0 ? null : BigInt(n),
      documents: new Map(step.changes.map(({ key, document }) => [key, document])),
      unlisted: before,
      listed: step.changes.flatMap(({ key }) => listed.get(key) ?? []),
      cells: new Map(Object.entries(step.cells)),
    });
  });
}

async function everything(store: ReadStore, ranges: readonly ListRange[]): Promise<unknown> {
  const scanned = [];
  for await (const document of store.scan('v@1')) scanned.push(document);
  const lists = LISTS.flatMap((list) => [
    store.size('v@1', list),
    ...ranges.flatMap((each) => [store.range('v@1', list, each), store.rangeText('v@1', list, each)]),
  ]);
  const sums = ['', 'a', 'a%', 'é', 'z'].map((prefix) => store.cells('v@1', prefix));
  return [
    scanned,
    await store.get('v@1', KEYS),
    await Promise.all<unknown>([...lists, ...sums]),
    await store.states('v@1'),
  ];
}

describe('embedded and in Redis, after the same commits', () => {
  let redis: RedisServer;
  let folder: string;
  let stores: readonly [ReadStore, ReadStore];
  beforeAll(async () => {
    redis = await startRedis();
    folder = await mkdtemp(join(tmpdir(), 'read-store-'));
    const embedded = await openEmbeddedReadStore({ path: join(folder, 'read.db') });
    stores = [embedded, await openRedisReadStore({ url: redis.url, prefix: randomUUID() })];
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
    await redis.close();
    await rm(folder, { recursive: true });
  });

  it('everything that can be read is the same', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.array(range, { minLength: 1, maxLength: 4 }), async (of, ranges) => {
        for (const store of stores) {
          await store.drop('v@1');
          await store.begin('v@1', '{}');
          for (const commit of commitsOf(of)) await store.commit([commit]);
        }
        const [embedded, inRedis] = await Promise.all(stores.map((store) => everything(store, ranges)));
        expect(inRedis).toEqual(embedded);
      }),
      { numRuns: 60 },
    );
  });
});
