/** Which Redis is taken, and what is said of one that is not: one line, without the password. */
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startRedis, type RedisOptions, type RedisServer } from '#test/support/redis.js';
import { ReadStoreUnavailable } from '../port.js';
import { fill } from './given.fixture.js';
import { openRedisReadStore } from './open.js';

let redis: RedisServer | undefined;
afterEach(async () => {
  await redis?.close();
  redis = undefined;
});
const given = async (options: RedisOptions = {}): Promise<RedisServer> => (redis = await startRedis(options));

/** The line it is refused with. */
async function lineFor(url: string): Promise<string> {
  const error: unknown = await openRedisReadStore({ url, commandTimeoutMs: 2000 }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ReadStoreUnavailable);
  const { message, cause } = error as Error; // just seen
  expect(cause).toBeUndefined(); // the client's errors hold what was sent
  expect(message).not.toMatch(/\n|s3cret|wrong/);
  return message.replace(/:\d+(?=[ /])/, ':PORT');
}

describe('a URL', () => {
  it.each([
    '',
    'localhost:6379',
    'http://h',
    'redis://',
    'redis://h/x',
    'redis://h/1/2',
    'redis://h?db=1',
    'redis://h#1',
    'redis://:%zz@h',
  ])(
    // prettier-ignore
    'is not %j, which is said without it',
    async (url) => {
      await expect(openRedisReadStore({ url })).rejects.toThrow(
        new TypeError('A Redis URL is redis://[user:password@]host[:port][/database], or rediss:// for TLS'),
      );
    },
  );
});

describe('a Redis is not taken', () => {
  it('where nobody answers', async () => {
    const { url, stop } = await given();
    await stop();
    expect(await lineFor(url)).toBe('Redis at 127.0.0.1:PORT does not answer: nobody listens there');
    expect(await lineFor('redis://:s3cret@nobody.invalid')).toMatch(
      /^Redis at nobody.invalid:PORT does not answer/,
    );
  });

  it('with a wrong password, a wrong user, or none', async () => {
    const { port } = await given({ password: 's3cret' });
    const unknown = 'Redis at 127.0.0.1:PORT does not know this user and password';
    expect(await lineFor(`redis://:wrong@127.0.0.1:${port}`)).toBe(unknown);
    expect(await lineFor(`redis://wrong:s3cret@127.0.0.1:${port}`)).toBe(unknown);
    expect(await lineFor(`redis://127.0.0.1:${port}`)).toBe('Redis at 127.0.0.1:PORT wants a password');
  });

  it('which lets the user do too little', async () => {
    const { port, command } = await given();
    await command('ACL', 'SETUSER', 'me', 'on', '>s3cret', '~*', '+@all', '-script');
    expect(await lineFor(`redis://me:s3cret@127.0.0.1:${port}`)).toMatch(/does not let this user do/);
  });

  it('where it has no database of that number', async () => {
    const { url } = await given();
    expect(await lineFor(`${url}/99`)).toBe('Redis at 127.0.0.1:PORT/99 has no database of this number');
  });

  it('which throws away keys when it is full', async () => {
    const { url } = await given({ config: { 'maxmemory-policy': 'allkeys-lru' } });
    expect(await lineFor(url)).toBe('Redis at 127.0.0.1:PORT throws away keys when it is full (maxmemory-policy allkeys-lru): set noeviction'); // prettier-ignore
  });

  it('which is a replica', async () => {
    const { url } = await given({ config: { replicaof: '127.0.0.1 1' } });
    expect(await lineFor(url)).toBe('Redis at 127.0.0.1:PORT is a replica: give the address of the primary');
  });
});

describe('a Redis is taken', () => {
  it('with a user, a password and a database of their own', async () => {
    const { port, command, url } = await given({ password: 's3cret' });
    await command('ACL', 'SETUSER', 'me', 'on', '>p@ss/w:rd', '~{touchstone}:*', '+@all', '-config');
    const store = await openRedisReadStore({
      url: `redis://me:${encodeURIComponent('p@ss/w:rd')}@127.0.0.1:${port}/3`,
    });
    await fill(store);
    await store.compact();
    await store.close();
    const elsewhere = await openRedisReadStore({ url });
    expect(await elsewhere.collections()).toEqual([]);
    await elsewhere.close();
  });
});

describe('over TLS', () => {
  it('a Redis is taken whose certificate is trusted, and no other', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=redis', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert]); // prettier-ignore
    const { url } = await given({ password: 's3cret', config: { 'tls-port': '0', 'tls-cert-file': cert, 'tls-key-file': key, 'tls-auth-clients': 'no' } }); // prettier-ignore
    expect(await lineFor(url)).toMatch(
      /shows a certificate nobody here trusts \(\w+\): see NODE_EXTRA_CA_CERTS$/,
    );
    expect(await lineFor(url.replace('rediss', 'redis'))).toMatch(/cut the connection$/);

    const child = fork(fileURLToPath(new URL('./opens.fixture.js', import.meta.url)), [url], { env: { ...process.env, NODE_EXTRA_CA_CERTS: cert, NODE_OPTIONS: '' } }); // prettier-ignore
    expect((await once(child, 'message'))[0]).toEqual(['v@1']);
    await once(child, 'exit');
    await rm(folder, { recursive: true });
  });

  it('says so where there is none', async () => {
    const { url } = await given();
    expect(await lineFor(url.replace('redis', 'rediss'))).toMatch(
      /does not speak TLS|does not answer|cut the connection/,
    );
  });
});
