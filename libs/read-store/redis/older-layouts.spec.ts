import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startRedis, type RedisServer } from '#test/support/redis.js';
import { fill } from './given.fixture.js';
import { LAYOUT } from './layout.js';
import { openRedisReadStore } from './open.js';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.close());

const OTHERS = ['{others}:0:catalogue', 'unrelated', `{t}:${LAYOUT + 1}:catalogue`];

it('what builds of an older layout left is removed, and nothing else', async () => {
  const store = await openRedisReadStore({ url: redis.url, prefix: 't' });
  await fill(store);
  const kept = [...((await redis.command('KEYS', '*')) as string[]), ...OTHERS].sort();
  for (const key of OTHERS) await redis.command('SET', key, 'kept');
  for (let n = 0; n < 2_500; n++) await redis.command('SET', `{t}:${LAYOUT - 1}:documents:v@${n}`, 'Ada');
  await store.removeOlderLayouts();
  expect(((await redis.command('KEYS', '*')) as string[]).sort()).toEqual(kept);
  await store.close();
});
