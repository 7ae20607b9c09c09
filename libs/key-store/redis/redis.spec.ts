import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis, type RedisOptions, type RedisServer } from '#test/support/redis.js';
import { until } from '#test/support/until.js';
import { inFrontOf } from '#test/support/waitaof.js';
import { keyStoreContract, wrappedKeyStoreContract } from '../contract.js';
import { bytesOf, subjects } from '../contract/given.js';
import { masterKey, type MasterKeys } from '../master-key.js';
import { KeyStoreUnavailable, type KeyStore } from '../port.js';
import { openRedisKeyStore, type RedisKeyStoreOptions } from './redis.js';

const DURABLE: RedisOptions = { appendOnly: true };
const A = masterKey(randomBytes(32));
const masterKeys: MasterKeys = { current: A };

/** Opened by a test; closed after it. */
const open: KeyStore[] = [];
let server: RedisServer;
let places = 0;

async function opened({
  url = server.url,
  ...options
}: Partial<RedisKeyStoreOptions> = {}): Promise<KeyStore> {
  const store = await openRedisKeyStore({ url, masterKeys, ...options });
  open.push(store);
  return store;
}

async function closeAll(): Promise<void> {
  for (const store of open.splice(0)) await store.close();
}

/** In one line, and what else is expected of it. */
async function refusal(options: Partial<RedisKeyStoreOptions> = {}): Promise<string> {
  const error = await opened(options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(KeyStoreUnavailable);
  expect((error as Error).message).toMatch(/^.+\.$/);
  return (error as Error).message;
}

/** Every byte in the files of a server. One that is gone by the time it is read holds nothing. */
async function bytesOfFiles({ folder }: RedisServer): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((file) => join(file.parentPath, file.name));
  const read = (path: string): Promise<Buffer> => readFile(path).catch(() => Buffer.alloc(0));
  return Buffer.concat(await Promise.all(files.map(read)));
}

describe('Redis', () => {
  beforeAll(async () => {
    server = await startRedis(DURABLE);
  });
  afterAll(() => server.close());

  keyStoreContract('Redis', async () => {
    const prefix = `keys-${(places += 1)}:`;
    return {
      store: await opened({ prefix }),
      second: () => opened({ prefix }),
      reopened: async () => {
        await closeAll();
        return opened({ prefix });
      },
      close: closeAll,
    };
  });
});

wrappedKeyStoreContract('Redis', async () => {
  const alone = await startRedis(DURABLE); // what is in its files is of this test only
  return {
    open: (keys) => opened({ url: alone.url, masterKeys: keys }),
    bytes: () => bytesOfFiles(alone),
    close: async () => {
      await closeAll();
      await alone.close();
    },
  };
});

describe('the Redis key store', () => {
  afterEach(async () => {
    await closeAll();
    await server.close();
  });

  it('keeps every key that it gave when Redis is killed and started again, and goes on by itself', async () => {
    server = await startRedis(DURABLE);
    const store = await opened();
    const made: [string, string | undefined][] = [];
    const making = (async () => {
      for (let i = 0; ; i++) made.push([`c${i}`, bytesOf(await store.ensure(`c${i}`))]);
    })().catch((error: unknown) => error);
    await until(() => made.length > 100);
    await server.kill();
    expect(await making).toBeInstanceOf(KeyStoreUnavailable);
    await expect(store.get(['c1'])).rejects.toBeInstanceOf(KeyStoreUnavailable);
    await server.start();
    const found = await until(() => store.get(made.map(([name]) => name)).catch(() => null));
    expect([...found].map(([name, key]) => [name, bytesOf(key)])).toEqual(made);
    expect((await until(() => store.ensure('new').catch(() => null))).symmetricKeySize).toBe(32);
  });

  it('refuses while Redis is frozen, and goes on when it is let go', async () => {
    server = await startRedis(DURABLE);
    const store = await opened({ timeoutMs: 300 });
    const made = bytesOf(await store.ensure('a'));
    server.freeze();
    for (const call of [() => store.get(['a']), () => store.ensure('b'), () => store.destroy('c')])
      await expect(call()).rejects.toBeInstanceOf(KeyStoreUnavailable);
    server.thaw();
    expect(bytesOf(await until(() => store.ensure('a').catch(() => null)))).toBe(made);
    expect((await until(() => store.ensure('b').catch(() => null))).symmetricKeySize).toBe(32);
  });

  it('notices that Redis was flushed, makes nothing in its place, and goes on when it was restored', async () => {
    server = await startRedis(DURABLE);
    const store = await opened();
    const made = bytesOf(await store.ensure('a'));
    const kept = await dump();
    await server.command('FLUSHALL');
    const calls: (() => Promise<unknown>)[] = [
      () => store.get(['a']),
      () => store.ensure('a'),
      () => store.ensure('b'),
      () => store.secret('identities'),
      () => store.destroy('a'),
      () => store.rewrap(),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow('Keys are missing');
    expect(await server.command('DBSIZE')).toBe(0);
    expect(await refusal({ mustExist: true })).toContain('There are no keys');
    await opened(); // somebody who does not know begins anew
    for (const call of calls) await expect(call()).rejects.toThrow('Keys are missing');
    await server.command('FLUSHALL');
    await restore(kept);
    expect(bytesOf(await store.ensure('a'))).toBe(made);
  });

  it('notices that Redis went back to what it was', async () => {
    server = await startRedis(DURABLE);
    const store = await opened();
    await store.ensure('a');
    const kept = await dump();
    await store.ensure('b');
    await restore(kept);
    await expect(store.get(['a'])).rejects.toThrow('Keys are missing');
    await expect(store.ensure('b')).rejects.toThrow('Keys are missing');
  });

  it('notices that half of it is missing', async () => {
    server = await startRedis(DURABLE);
    await (await opened({ prefix: 'k:' })).ensure('a');
    await server.command('DEL', 'k:store');
    expect(await refusal({ prefix: 'k:' })).toContain('Only a part of the keys');
  });

  it('takes no key that was put there unwrapped, or moved', async () => {
    server = await startRedis(DURABLE);
    const store = await opened({ prefix: 'k:' });
    await Promise.all(['a', 'b'].map((subject) => store.ensure(subject)));
    const redis = new Redis(server.url);
    await redis.hset(
      'k:keys',
      'planted',
      randomBytes(32),
      'moved',
      (await redis.hgetBuffer('k:keys', 'a')) ?? '',
    );
    redis.disconnect();
    for (const subject of ['planted', 'moved']) {
      expect((await store.get([subject])).get(subject)).toBe('damaged');
      await expect(store.ensure(subject)).rejects.toThrow(`key ${subject} is damaged`);
    }
  });

  it('leaves a destroyed key in no file, also where Redis writes snapshots', async () => {
    server = await startRedis({ ...DURABLE, config: { save: '3600 1' } });
    const store = await opened({ prefix: 'k:' });
    await Promise.all(subjects(50).map((subject) => store.ensure(subject)));
    await server.command('BGSAVE');
    await until(async () => (await readdir(server.folder)).includes('dump.rdb'));
    const redis = new Redis(server.url);
    const wrapped = await redis.hgetBuffer('k:keys', 'customer-7');
    redis.disconnect();
    const traces = [wrapped!.subarray(21, 53)]; // it was made
    expect((await bytesOfFiles(server)).includes(traces[0]!)).toBe(true);
    await Promise.all(['customer-7', 'customer-8'].map((subject) => store.destroy(subject)));
    await Promise.all([store.compact(), store.compact()]);
    for (const trace of traces) expect((await bytesOfFiles(server)).includes(trace)).toBe(false);
  });

  it.each<[string, RedisOptions, string]>([
    ['keeps nothing', { appendOnly: false }, 'set "appendonly yes" and "appendfsync always" there'],
    ['answers before it keeps', { ...DURABLE, config: { appendfsync: 'everysec' } }, '"appendfsync always"'],
    [
      'evicts',
      { ...DURABLE, config: { 'maxmemory-policy': 'allkeys-lru' } },
      'maxmemory-policy allkeys-lru): set noeviction',
    ],
    [
      'is a replica',
      { ...DURABLE, config: { replicaof: '127.0.0.1 1' } },
      'is a replica: give the address of the primary',
    ],
    ['is a cluster', { ...DURABLE, config: { 'cluster-enabled': 'yes' } }, 'is a cluster'],
  ])('refuses a Redis that %s', async (_, options, says) => {
    server = await startRedis(options);
    expect(await refusal()).toContain(says);
    expect(await server.command('DBSIZE')).toBe(0);
  });

  it('waits until what it wrote, or first sees, is on disk where Redis can say so but does not wait by itself', async () => {
    server = await startRedis({ ...DURABLE, config: { appendfsync: 'everysec' } });
    const front = await inFrontOf(server.port);
    const store = await opened({ url: front.url });
    const second = await opened({ url: front.url });
    const waitedFor = async (call: () => Promise<unknown>): Promise<number> => {
      const before = front.waits();
      await call();
      return front.waits() - before;
    };
    expect(await waitedFor(() => store.ensure('a'))).toBe(1);
    expect(await waitedFor(() => store.ensure('a'))).toBe(0);
    expect(await waitedFor(() => store.get(['a', 'b']))).toBe(0);
    expect(await waitedFor(() => second.get(['a']))).toBe(0);
    expect(await waitedFor(() => second.ensure('a'))).toBe(1); // it may be of this moment
    expect(await waitedFor(() => second.ensure('a'))).toBe(0);
    expect(await waitedFor(() => store.destroy('b'))).toBe(1);
    expect(await waitedFor(() => store.secret('s'))).toBe(1);
    front.stall();
    for (const call of [() => store.ensure('c'), () => store.destroy('a'), () => store.secret('s')])
      await expect(call()).rejects.toThrow('to disk in time');
    await closeAll();
    await front.close();
  });

  it('notices with the next connection that Redis has become such a one', async () => {
    server = await startRedis(DURABLE);
    const store = await opened();
    await store.ensure('a');
    await server.configure('appendonly', 'no');
    await server.command('CLIENT', 'KILL', 'TYPE', 'normal');
    const said = await until(() => store.ensure('b').then(() => null, (error: Error) => error.message.match('appendonly yes'))); // prettier-ignore
    expect(said[0]).toBe('appendonly yes');
    await server.configure('appendonly', 'yes');
    expect((await until(() => store.ensure('b').catch(() => null))).symmetricKeySize).toBe(32);
  });

  it('takes a user and a password from the URL, and never repeats them', async () => {
    server = await startRedis({ ...DURABLE, password: 'p@ss:word/1' });
    const at = (userinfo: string) => `redis://${userinfo}127.0.0.1:${server.port}`;
    const right = await opened({ url: at(`default:${encodeURIComponent('p@ss:word/1')}@`) });
    expect((await right.ensure('a')).symmetricKeySize).toBe(32);
    for (const userinfo of ['', ':not-the-secret@', 'nobody:not-the-secret@']) {
      const said = await refusal({ url: at(userinfo) });
      expect(said).toMatch(/\(KEYS_URL\) at .+ (wants a password|does not know this user and password)\.$/);
      expect(said).not.toMatch(/not-the-secret|nobody/);
    }
  });

  it('says who does not answer, and what is no URL, without its password', async () => {
    server = await startRedis(DURABLE);
    const listener = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo; // it listens on a port
    const silent = await refusal({ url: `redis://:hidden@127.0.0.1:${port}`, timeoutMs: 200 });
    expect(silent).toContain(`127.0.0.1:${port} did not answer in time`);
    listener.close();
    expect(await refusal({ url: 'redis://:hidden@127.0.0.1:1' })).toContain('nobody listens there');
    for (const url of [
      '',
      'localhost',
      'http://:hidden@host',
      'redis://:hidden@host/keys',
      'redis://',
      'redis://:hidden@h:port',
    ]) {
      const error = await opened({ url }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(TypeError);
      expect((error as Error).message).not.toContain('hidden');
    }
  });
});

/** All that is in the server, as one that restores a backup would have it. */
async function dump(): Promise<[key: string, value: Buffer][]> {
  const redis = new Redis(server.url);
  const keys = await redis.keys('*');
  const values = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
  redis.disconnect();
  return keys.map((key, i) => [key, values[i]!]); // the key was there
}

async function restore(kept: readonly [string, Buffer][]): Promise<void> {
  const redis = new Redis(server.url);
  for (const [key, value] of kept) await redis.restore(key, 0, value, 'REPLACE');
  redis.disconnect();
}
