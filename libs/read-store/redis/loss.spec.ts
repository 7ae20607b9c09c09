/** A Redis that loses what it holds: it is noticed, answered with nothing wrong, and can be built again. */
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from '@jest/globals';
import { startRedis, type RedisServer } from '#test/support/redis.js';
import { at, documents, turn, until } from '../contract/given.js';
import { LeaseLost, ReadStoreUnavailable, UnknownCollection } from '../port.js';
import { fill, filled, READS } from './given.fixture.js';
import { LAYOUT, memberOf } from './layout.js';
import { openRedisReadStore } from './open.js';
import type { RedisReadStore } from './store.js';

let redis: RedisServer;
let store: RedisReadStore;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.close());
beforeEach(async () => {
  store = await openRedisReadStore({ url: redis.url, prefix: 't' });
  await fill(store);
});
afterEach(async () => {
  await store.close();
  await redis.flush();
});

const PARTS = ['state:v@1', 'documents:v@1', 'entries:v@1', 'cells:v@1', 'names:v@1', 'catalogue'];
const lose = (part: string) => redis.command('DEL', `{t}:${LAYOUT}:${part}`);
const next = () => filled({ expected: 1n, documents: documents('x'), listed: [at('l', '3', 'x')] });
const keys = () => redis.command('KEYS', `{t}:${LAYOUT}:*:v@1`);

describe('a collection that is whole', () => {
  it.each(Object.keys(READS))('answers to %s', async (name) => {
    const [read, whole] = READS[name]!; // of its own keys
    expect(await read(store)).toEqual(whole);
  });
});

describe.each(PARTS)('a collection without its %s', (part) => {
  it.each(Object.keys(READS))('answers nothing to %s, then or later', async (name) => {
    const [read] = READS[name]!; // of its own keys
    await lose(part);
    for (let times = 0; times < 2; times++)
      await expect(read(store)).rejects.toBeInstanceOf(ReadStoreUnavailable);
    expect(await keys()).toEqual([]);
    expect(await store.active('v')).toBeNull();
  });

  it('takes no commit, and nothing of what is committed beside it is stored', async () => {
    await store.begin('w@1', '{}');
    await lose(part);
    const beside = filled({ collection: 'w@1' });
    await expect(store.commit([next(), beside])).rejects.toBeInstanceOf(UnknownCollection);
    expect([await keys(), await store.active('v')]).toEqual([[], null]);
    if (part !== 'catalogue')
      expect(await store.states('w@1')).toEqual([{ checkpoint: null, progress: '{}' }]);
  });

  it('has no states, is not made live, and begins again with nothing', async () => {
    await lose(part);
    expect(await store.states('v@1')).toEqual([]);
    await expect(store.activate('v', 'v@1')).rejects.toBeInstanceOf(UnknownCollection);
    await store.begin('v@1', '{}');
    expect(await store.active('v')).toBeNull();
    expect(await store.get('v@1', ['a'])).toEqual([undefined]);
    await store.commit([filled()]);
    await store.activate('v', 'v@1');
    for (const [read, whole] of Object.values(READS)) expect(await read(store)).toEqual(whole);
  });
});

describe('a collection', () => {
  it('of which something was taken out of a key is lost too', async () => {
    for (const [command, ...args] of [
      ['HDEL', `{t}:${LAYOUT}:documents:v@1`, 'a'],
      ['ZREM', `{t}:${LAYOUT}:entries:v@1`, memberOf(at('l', '1', 'a'))],
      ['HDEL', `{t}:${LAYOUT}:cells:v@1`, 'c'],
      ['HDEL', `{t}:${LAYOUT}:state:v@1`, 'entries'],
    ] as [string, ...string[]][]) {
      await redis.command(command, ...args);
      await expect(store.get('v@1', ['b'])).rejects.toBeInstanceOf(ReadStoreUnavailable);
      await fill(store);
    }
  });

  it('that was dropped is not lost', async () => {
    await store.drop('v@1');
    expect(await store.get('v@1', ['a'])).toEqual([undefined]);
  });

  it('is lost alone', async () => {
    await fill(store, 'w@1');
    await lose('entries:v@1');
    await expect(store.size('v@1', 'l')).rejects.toBeInstanceOf(ReadStoreUnavailable);
    expect([await store.size('w@1', 'l'), await store.active('v')]).toEqual([2, 'w@1']);
  });
});

describe('a flushed Redis', () => {
  it('answers what is right or nothing, in the middle of reading and committing', async () => {
    const other = await openRedisReadStore({ url: redis.url, prefix: 't' });
    let flushed = false;
    let refused = 0;
    const reading = async (): Promise<void> => {
      while (refused < 20) {
        for (const [read, whole] of Object.values(READS)) {
          try {
            expect(await read(other)).toEqual(whole);
          } catch (error) {
            expect(error).toBeInstanceOf(ReadStoreUnavailable);
            expect(flushed).toBe(true);
            refused++;
          }
        }
        await turn();
      }
    };
    const committing = async (): Promise<unknown> => {
      for (let n = 1n; ; n++)
        try {
          await store.commit([filled({ expected: n, checkpoint: n + 1n, documents: documents('a', 'b'), cells: new Map() })]); // prettier-ignore
        } catch (error) {
          return error;
        }
    };
    const done = Promise.all([reading(), committing()]);
    await until(async () => (await store.states('v@1'))[0]!.checkpoint! > 10n); // it was begun, and committed to
    flushed = true;
    await redis.flush();
    expect((await done)[1]).toBeInstanceOf(UnknownCollection);
    await other.close();
  });

  it('has no leases, and gives larger tokens than before', async () => {
    const lease = await store.lease('p0', 'a', 60_000);
    await redis.flush();
    expect(await store.leases('')).toEqual([]);
    await expect(store.commit([], [lease!])).rejects.toBeInstanceOf(LeaseLost); // nobody else held it
    expect((await store.lease('p0', 'a', 60_000))!.token).toBeGreaterThan(lease!.token); // nor holds it
  });

  it('that was restarted with nothing on its disk is the same', async () => {
    await redis.kill();
    await redis.start();
    await until(() => store.collections().then((found) => found.length === 0, () => false)); // prettier-ignore
    await expect(store.get('v@1', ['a'])).rejects.toBeInstanceOf(ReadStoreUnavailable);
    await expect(store.commit([next()])).rejects.toBeInstanceOf(UnknownCollection);
  });
});
