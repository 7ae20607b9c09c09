/** Against a server of its own, or the one at REDIS_URL, on prefixes of its own that it removes. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRedis, type RedisServer } from '#test/support/redis.js';
import { readStoreContract } from '../contract.js';
import { clear } from './given.fixture.js';
import { openRedisReadStore } from './open.js';

let own: RedisServer | undefined;
let url: string;
beforeAll(async () => {
  if (process.env['REDIS_URL'] === undefined) own = await startRedis();
  url = own?.url ?? process.env['REDIS_URL'] ?? '';
});
afterAll(() => own?.close());

readStoreContract('Redis', async () => {
  const prefix = `contract-${randomUUID()}`;
  const open = () => openRedisReadStore({ url, prefix });
  const stores = [await open()];
  return {
    store: stores[0]!, // just put there
    async second() {
      const store = await open();
      stores.push(store);
      return store;
    },
    async close() {
      for (const store of stores) await store.close();
      await clear(url, prefix);
    },
  };
});

describe('the keys of a read store', () => {
  it('are all in one slot, under its prefix, and gone with their collection', async () => {
    const prefix = `contract-${randomUUID()}`;
    const [store, beside] = [
      await openRedisReadStore({ url, prefix }),
      await openRedisReadStore({ url, prefix: `${prefix}-2` }),
    ];
    await store.begin('v@1', '{}');
    await beside.begin('w@1', '{}');
    expect([await store.collections(), await beside.collections()]).toEqual([['v@1'], ['w@1']]);
    await store.drop('v@1');
    expect(await store.states('v@1')).toEqual([]);
    expect(await beside.states('w@1')).toHaveLength(1);
    for (const each of [store, beside]) await each.close();
    await clear(url, prefix);
    await clear(url, `${prefix}-2`);
  });

  it('have a prefix that can be a hash tag', async () => {
    for (const prefix of ['', 'a}b', 'a b', 'a\n', '{a'])
      await expect(openRedisReadStore({ url, prefix })).rejects.toThrow(TypeError);
  });
});
