/** What is left of people on a server's disk once they were erased and the store was compacted. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startRedis, type RedisOptions, type RedisServer } from '#test/support/redis.js';
import { following, until } from '../contract/given.js';
import { openRedisReadStore } from './open.js';
import type { RedisReadStore } from './store.js';

let redis: RedisServer;
let store: RedisReadStore;
afterEach(async () => {
  await store.close();
  await redis.close();
});

const KINDS: readonly [string, RedisOptions][] = [
  ['an append-only file', { appendOnly: true }],
  ['snapshots', { config: { save: '3600 1' } }],
  ['both', { appendOnly: true, config: { save: '3600 1' } }],
];

describe('compacted, a Redis with', () => {
  it.each(KINDS)('%s keeps nothing on its disk of what was erased', async (_, options) => {
    redis = await startRedis({ ...options, config: { ...options.config, rdbcompression: 'no' } });
    store = await openRedisReadStore({ url: redis.url });
    await store.begin('v@1', '{}');
    const people = new Map([['a', '"Ada-to-be-erased"'], ['b', '"Bob-who-stays"']]); // prettier-ignore
    await store.commit([following({ documents: people })]);
    if (options.config?.['save'] !== undefined) await redis.command('SAVE');
    expect(await bytesOf(redis.folder)).toContain('Ada-to-be-erased');
    await store.commit([following({ expected: 1n, documents: new Map([['a', null]]) })]);

    await store.compact();
    expect(await bytesOf(redis.folder)).toContain('Bob-who-stays');
    // An old append-only file is unlinked in the background once the new one is in its place.
    await until(async () => !(await bytesOf(redis.folder)).includes('Ada-to-be-erased'));
  });

  it('nothing on its disk writes nothing there', async () => {
    redis = await startRedis();
    store = await openRedisReadStore({ url: redis.url });
    await store.compact();
    expect(await readdir(redis.folder)).toEqual([]);
  });

  it('another rewrite under way waits for it, and makes its own', async () => {
    redis = await startRedis({ appendOnly: true, config: { 'rdb-key-save-delay': '2000' } });
    store = await openRedisReadStore({ url: redis.url });
    await store.begin('v@1', '{}');
    const documents = new Map(Array.from({ length: 50 }, (_, n) => [`k${n}`, '"x"']));
    await store.commit([following({ documents })]);
    await redis.command('BGREWRITEAOF');
    await Promise.all([store.compact(), store.compact()]);
    const info = String(await redis.command('INFO', 'persistence'));
    expect(info).toMatch(/aof_rewrite_in_progress:0/);
    expect(info).toMatch(/aof_last_bgrewrite_status:ok/);
  });
});

/** Of every file below the folder, of those that are still there when they are read. */
async function bytesOf(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const contents = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map((file) => readFile(join(file.parentPath, file.name), 'latin1').catch(() => '')),
  );
  return contents.join();
}
