/** A Redis that is down, frozen, slow, full, a replica, or gone in the middle of an answer. */
import { createServer, connect, type Server, type Socket, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startRedis, type RedisOptions, type RedisServer } from '#test/support/redis.js';
import { documents, until } from '../contract/given.js';
import { ReadStoreUnavailable, type ReadStore } from '../port.js';
import { fill, filled, READS } from './given.fixture.js';
import { openRedisReadStore } from './open.js';
import type { RedisReadStore } from './store.js';

/** Where a test would otherwise wait for what never comes; long enough for a busy machine to answer the rest. */
const SOON = { commandTimeoutMs: 700 };

let redis: RedisServer;
let store: RedisReadStore;
async function given(options: RedisOptions = {}, soon = {}): Promise<void> {
  redis = await startRedis(options);
  store = await openRedisReadStore({ url: redis.url, ...soon });
  await fill(store);
}
afterEach(async () => {
  await store.close();
  await redis.close();
});

const next = filled({ expected: 1n, documents: documents('x') });
const CALLS: readonly ((store: ReadStore) => Promise<unknown>)[] = [
  ...Object.values(READS).map(([read]) => read),
  (by) => by.commit([next]),
  (by) => by.begin('w@1', '{}'),
  (by) => by.states('v@1'),
  (by) => by.collections(),
  (by) => by.active('v'),
  (by) => by.activate('v', 'v@1'),
  (by) => by.drop('w@1'),
  (by) => by.compact(),
  (by) => by.lease('p', 'a', 1000),
  (by) => by.release({ name: 'p', holder: 'a', token: 1n }),
  (by) => by.leases(''),
];
const recovered = () =>
  until(() => store.get('v@1', ['a']).then(([document]) => document === '{"k":"a"}', () => false)); // prettier-ignore
const refused = (call: Promise<unknown>, line: RegExp) =>
  expect(call).rejects.toThrow(expect.objectContaining({ name: 'ReadStoreUnavailable', message: expect.stringMatching(line) })); // prettier-ignore

describe('a Redis that is down', () => {
  beforeEach(() => given({ appendOnly: true }));

  it('answers nothing, and is used again once it is back, with all that was committed', async () => {
    await redis.kill();
    for (const call of CALLS) await refused(call(store), /^Redis at 127\.0\.0\.1:\d+ \S/);
    await redis.start();
    await recovered();
    for (const [read, whole] of Object.values(READS)) expect(await read(store)).toEqual(whole);
  });

  it('has documents, lists, sums and checkpoint in step after it was killed while it was committed to', async () => {
    await store.begin('n@1', '{}');
    let stored = 0;
    for (let round = 0; round < 3; round++) {
      const committing = (async () => {
        for (let n = stored; ; n++) {
          const key = String(n);
          const commit = filled({ collection: 'n@1', expected: n === 0 ? null : BigInt(n), checkpoint: BigInt(n + 1), documents: documents(key), listed: [{ list: 'l', sort: '', key }], cells: new Map([['c', 1]]) }); // prettier-ignore
          await store.commit([commit]);
          stored = n + 1;
        }
      })();
      const target = stored + 20;
      committing.catch(() => undefined);
      await until(async () => stored >= target);
      await redis.kill();
      await expect(committing).rejects.toBeInstanceOf(ReadStoreUnavailable);
      await redis.start();
      await recovered();
      const [state] = await store.states('n@1');
      const reached = Number(state!.checkpoint); // it was begun
      expect([stored, stored + 1]).toContain(reached); // the last answer may have been lost
      expect([await store.size('n@1', 'l'), await store.cells('n@1', '')]).toEqual([
        reached,
        [['c', reached]],
      ]);
      expect((await store.get('n@1', Array.from({ length: reached }, (_, n) => String(n)))).includes(undefined)).toBe(false); // prettier-ignore
      stored = reached;
    }
  });

  it('can be closed', async () => {
    await redis.kill();
    await store.close();
    await refused(store.get('v@1', ['a']), /^The read store is closed$/);
  });
});

describe('a Redis that is frozen', () => {
  beforeEach(() => given({}, SOON));

  it('answers nothing within the time allowed, keeps no queue, and is used again once it moves', async () => {
    redis.freeze();
    const asked = CALLS.map((call) => call(store));
    for (const call of asked) await refused(call, /(did not answer in time|cut the connection)$/);
    for (let n = 0; n < 1000; n++) await refused(store.get('v@1', ['a']), /\S/);
    redis.thaw();
    await recovered();
    const [state] = await store.states('v@1');
    expect([1n, 2n]).toContain(state?.checkpoint); // nobody knows, but that it is whole
    expect(await store.get('v@1', ['x'])).toEqual([state?.checkpoint === 1n ? undefined : '{"k":"x"}']);
  });

  it('can be closed, and is not opened', async () => {
    redis.freeze();
    await refused(openRedisReadStore({ url: redis.url, ...SOON }), /did not answer in time$/);
    await store.close();
    redis.thaw();
  });
});

describe('a Redis that cuts its answers', () => {
  let proxy: Server;
  const sockets = new Set<Socket>();
  let cut = false;
  beforeEach(async () => {
    await given();
    cut = false;
    proxy = createServer((client) => {
      const server = connect(redis.port, '127.0.0.1');
      for (const socket of [client, server]) sockets.add(socket.on('error', () => undefined));
      client.pipe(server);
      server.on('data', (answer) => {
        if (cut) return void client.end(answer.subarray(0, answer.length / 2), () => server.destroy());
        client.write(answer);
      });
      server.on('close', () => client.destroy());
      client.on('close', () => server.destroy());
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });

  it('is asked again, and what was committed is told by the states', async () => {
    const { port } = proxy.address() as AddressInfo; // it listens on TCP
    const far = await openRedisReadStore({ url: `redis://127.0.0.1:${port}`, ...SOON });
    cut = true;
    await refused(far.commit([next]), /cut the connection|did not answer/);
    for (const call of CALLS) await refused(call(far), /\S/);
    cut = false;
    const reached = await until(() => far.states('v@1').then(([state]) => state?.checkpoint ?? null, () => null)); // prettier-ignore
    expect(reached).toBe(2n);
    expect(await far.get('v@1', ['x'])).toEqual(['{"k":"x"}']);
    await far.close();
  });
});

describe('a Redis that is full', () => {
  beforeEach(() => given());

  it('takes no commit, not half of one, and goes on once there is room', async () => {
    const big = new Map(Array.from({ length: 200 }, (_, n) => [`big${n}`, `"${'x'.repeat(1000)}"`]));
    const moving = filled({ expected: 1n, documents: big, unlisted: filled().listed, listed: [], cells: new Map([['c', -2]]) }); // prettier-ignore
    await redis.configure('maxmemory', '1');
    await refused(store.commit([moving]), /is full: raise its maxmemory$/);
    for (const [read, whole] of Object.values(READS)) expect(await read(store)).toEqual(whole);
    await redis.configure('maxmemory', '0');
    await store.commit([moving]);
    expect([await store.size('v@1', 'l'), await store.cells('v@1', '')]).toEqual([0, []]);
  });
});

describe('a Redis that becomes a replica', () => {
  beforeEach(() => given());

  it('takes no commit, and is used again once it is a primary', async () => {
    await redis.command('REPLICAOF', '127.0.0.1', '1');
    await refused(store.commit([next]), /is a replica: give the address of the primary$/);
    await refused(store.commit([next]), /is a replica|cut the connection/);
    await refused(openRedisReadStore({ url: redis.url }), /is a replica: give the address of the primary$/);
    await redis.command('REPLICAOF', 'NO', 'ONE');
    await recovered();
    await store.commit([next]);
  });
});

describe('a Redis that forgot its scripts', () => {
  beforeEach(() => given());

  it('is told them again', async () => {
    await redis.command('SCRIPT', 'FLUSH');
    for (const [read, whole] of Object.values(READS)) expect(await read(store)).toEqual(whole);
    await redis.command('SCRIPT', 'FLUSH');
    const keys = Array.from({ length: 80_000 }, (_, n) => `k${n}`);
    await store.commit([{ ...next, documents: documents(...keys) }]);
    expect(await store.get('v@1', ['k79999'])).toEqual(['{"k":"k79999"}']);
  });
});
