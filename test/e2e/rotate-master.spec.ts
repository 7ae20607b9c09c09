/** `touchstone keys rotate-master` as a program: killed, run twice at once, run while keys are made and destroyed. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  masterKey,
  openKeyStore,
  KeyStoreUnavailable,
  type KeyStore,
  type MasterKeys,
} from '#key-store/index.js';
import { startRedis } from '#test/support/redis.js';
import { until } from '#test/support/until.js';

const PROGRAM = fileURLToPath(new URL('../../apps/cli/main.js', import.meta.url));
const [OLD, NEW] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const [old, current] = [OLD, NEW].map((text) => masterKey(Buffer.from(text, 'base64')));
const both: MasterKeys = { current: current!, previous: old! };

let folder: string;
let closing: (() => Promise<void>)[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-rotate-'));
  closing = [() => rm(folder, { recursive: true, force: true })];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
});

function rotate(env: Record<string, string>) {
  const child = spawn(process.execPath, [PROGRAM, 'keys', 'rotate-master', '--data', folder, '--json'], {
    env: { PATH: process.env['PATH'], MASTER_KEY: NEW, MASTER_KEY_PREVIOUS: OLD, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (text) => (said.out += String(text)));
  child.stderr.on('data', (text) => (said.err += String(text)));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...said }));
  return { child, ended };
}

const kinds: [string, () => Promise<string | undefined>][] = [
  ['a file', () => Promise.resolve(undefined)],
  [
    'Redis',
    async () => {
      const redis = await startRedis({ appendOnly: true });
      closing.push(() => redis.close());
      return redis.url;
    },
  ],
];

describe.each(kinds)('rotating the master key of keys in %s', (_, start) => {
  let env: Record<string, string>;
  let open: (masterKeys: MasterKeys) => Promise<KeyStore>;
  beforeEach(async () => {
    const url = await start();
    env = url === undefined ? {} : { KEYS_URL: url };
    open = async (masterKeys) => {
      const store = await openKeyStore({ path: join(folder, 'keys.sqlite'), url, masterKeys });
      closing.push(() => store.close());
      return store;
    };
  });

  /** From then on whoever has the old master key alone is refused. */
  const begun = (): Promise<boolean> =>
    open({ current: old! }).then(
      (store) => store.close().then(() => false),
      () => true,
    );

  it('can be killed in the middle, and is finished by two at once while keys are made and destroyed', async () => {
    const server = await open({ current: old! });
    const names = Array.from({ length: 4000 }, (_, i) => `customer-${i}`);
    const keys = new Map<string, string>();
    await Promise.all(names.map(async (name) => keys.set(name, hex(await server.ensure(name)))));
    await server.close();

    const { child, ended } = rotate(env);
    await until(() => begun());
    child.kill('SIGKILL');
    await ended;
    const living = await open(both);
    keys.set('between', hex(await living.ensure('between')));

    const runs = [rotate(env), rotate(env)];
    await living.destroy('customer-7');
    keys.set('meanwhile', hex(await living.ensure('meanwhile')));
    for (const { code, out, err } of await Promise.all(runs.map(({ ended }) => ended))) {
      expect([code, err]).toEqual([0, '']);
      expect(JSON.parse(out)).toMatchObject({ masterKey: current!.fingerprint, total: expect.any(Number) });
    }

    await expect(open({ current: old! })).rejects.toBeInstanceOf(KeyStoreUnavailable);
    const after = await open({ current: current! });
    keys.delete('customer-7');
    const found = await after.get([...keys.keys(), 'customer-7']);
    expect(found.get('customer-7')).toBe('destroyed');
    const usable = [...found].flatMap(([name, key]) =>
      typeof key === 'object' ? [[name, hex(key)] as const] : [],
    );
    expect(new Map(usable)).toEqual(keys);
    const again = await rotate({ ...env, MASTER_KEY_PREVIOUS: '' }).ended;
    expect(JSON.parse(again.out)).toMatchObject({ rewrapped: 0, total: keys.size });
  });

  it('says in one line what it misses, and harms nothing', async () => {
    const store = await open({ current: old! });
    const made = hex(await store.ensure('a'));
    for (const [given, code, says] of [
      [{ MASTER_KEY: '', MASTER_KEY_PREVIOUS: '' }, 2, /There is no master key|MASTER_KEY/],
      [{ MASTER_KEY: 'short' }, 2, /^MASTER_KEY must hold base64/],
      [{ MASTER_KEY_PREVIOUS: '' }, 1, /MASTER_KEY_PREVIOUS while it is rotated/],
    ] as const) {
      const ended = await rotate({ ...env, ...given }).ended;
      expect([ended.code, ended.out]).toEqual([code, '']);
      expect(ended.err).toMatch(/^.*\n$/);
      expect(ended.err).toMatch(says);
    }
    expect(hex(await (await open({ current: old! })).ensure('a'))).toBe(made);
  });
});

const hex = (key: Awaited<ReturnType<KeyStore['ensure']>>): string => key.export().toString('hex');
