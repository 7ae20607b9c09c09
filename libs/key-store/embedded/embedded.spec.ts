import { randomBytes, type KeyObject } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { keyStoreContract, wrappedKeyStoreContract } from '../contract.js';
import { bytesOf, subjects } from '../contract/given.js';
import { masterKey, type MasterKeys } from '../master-key.js';
import { KeyDamaged, KeyStoreUnavailable, type KeyStore } from '../port.js';
import { openEmbeddedKeyStore } from './embedded.js';

/** A folder with one key store file, and the connections to it. */
async function fileOfKeys() {
  const folder = await mkdtemp(join(tmpdir(), 'key-store-'));
  const path = join(folder, 'keys.sqlite');
  const stores: KeyStore[] = [];
  const open = (masterKeys?: MasterKeys): KeyStore => {
    const store = openEmbeddedKeyStore({ path, masterKeys });
    stores.push(store);
    return store;
  };
  const closeAll = async (): Promise<void> => {
    for (const store of stores.splice(0)) await store.close();
  };
  return {
    path,
    open,
    closeAll,
    bytes: async (): Promise<Buffer> =>
      Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))))),
    close: async (): Promise<void> => {
      await closeAll();
      await rm(folder, { recursive: true });
    },
  };
}

const A = masterKey(randomBytes(32));

for (const [name, masterKeys] of [
  ['embedded SQLite', undefined],
  ['embedded SQLite with a master key', { current: A }],
] as const)
  keyStoreContract(name, async () => {
    const file = await fileOfKeys();
    return {
      store: file.open(masterKeys),
      second: () => Promise.resolve(file.open(masterKeys)),
      reopened: async () => {
        await file.closeAll();
        return file.open(masterKeys);
      },
      close: () => file.close(),
    };
  });

wrappedKeyStoreContract('embedded SQLite', async () => {
  const file = await fileOfKeys();
  return { ...file, open: async (masterKeys) => file.open(masterKeys) };
});

describe('the embedded key store', () => {
  let file: Awaited<ReturnType<typeof fileOfKeys>>;
  beforeEach(async () => {
    file = await fileOfKeys();
  });
  afterEach(() => file.close());

  it('is a file of its owner', async () => {
    file.open();
    expect((await stat(file.path)).mode & 0o077).toBe(0);
  });

  it('takes a file from before there was a master key as it is, and wraps new keys at once', async () => {
    const before = file.open();
    const old = bytesOf(await before.ensure('old'));
    const fingerprint = await before.fingerprint();
    const store = file.open({ current: A });
    expect(bytesOf(await store.ensure('old'))).toBe(old);
    const made = await store.ensure('new');
    expect((await file.bytes()).includes(made.export())).toBe(false);
    expect((await file.bytes()).includes(old!, 0, 'hex')).toBe(true);

    expect(await store.rewrap()).toEqual({ rewrapped: 2, total: 3 }); // a key and a secret
    expect((await file.bytes()).includes(old!, 0, 'hex')).toBe(false);
    const later = file.open({ current: A });
    expect(bytesOf(await later.ensure('old'))).toBe(old);
    expect(await later.fingerprint()).toBe(fingerprint);
  });

  it('stops those without a master key as soon as there is one', async () => {
    const without = file.open();
    const old = bytesOf(await without.ensure('old'));
    await file.open({ current: A }).ensure('new');
    expect(bytesOf(await without.ensure('old'))).toBe(old);
    for (const call of [
      () => without.ensure('newer'),
      () => without.get(['new']),
      () => without.secret('newer'),
    ])
      await expect(call()).rejects.toThrow(KeyStoreUnavailable);
    expect(() => file.open()).toThrow(/^The keys are under master key .* MASTER_KEY is not set.*$/);
  });

  it('takes no key that is not wrapped, once all are: whoever writes to the file cannot plant one', async () => {
    const store = file.open({ current: A });
    await store.ensure('a');
    const database = new DatabaseSync(file.path);
    database.prepare('UPDATE keys SET key = ?').run(randomBytes(32));
    database.close();
    expect((await store.get(['a'])).get('a')).toBe('damaged');
    await expect(store.ensure('a')).rejects.toThrow('In the key store, key a is damaged');
  });

  it('of which one key is damaged gives everybody else theirs', async () => {
    const store = file.open();
    const made = await Promise.all(subjects(3).map((subject) => store.ensure(subject)));
    const database = new DatabaseSync(file.path);
    database.exec("UPDATE keys SET key = substr(key, 1, 20) WHERE subject = 'customer-1'");
    database.close();
    const found = await store.get(subjects(3));
    expect([...found.values()].map(bytesOf)).toEqual([bytesOf(made[0]), 'damaged', bytesOf(made[2])]);
    await expect(store.ensure('customer-1')).rejects.toBeInstanceOf(KeyDamaged);
    await store.destroy('customer-1');
    expect((await store.get(['customer-1'])).get('customer-1')).toBe('destroyed');
  });

  it('wraps nothing without a master key', async () => {
    await expect(file.open().rewrap()).rejects.toThrow('set MASTER_KEY or MASTER_KEY_FILE');
  });

  it('leaves no copy of a destroyed key behind, also where pages were split', async () => {
    const store = file.open();
    // Of these sizes, in this order, secure_delete alone leaves one.
    const names = subjects(300).map((_, i) => `c${(i * 7919) % 300}${'x'.repeat((i * 91) % 1800)}`);
    const keys: KeyObject[] = [];
    for (let i = 0; i < names.length; i += 100)
      keys.push(...(await Promise.all(names.slice(i, i + 100).map((name) => store.ensure(name)))));
    for (const name of names) await store.destroy(name);
    await store.compact();
    const bytes = await file.bytes();
    expect(keys.filter((key) => bytes.includes(key.export()))).toEqual([]);
  });

  it('says in one line what file it cannot use, or misses, and leaves it', async () => {
    const path = `${file.path}.other`;
    expect(() => openEmbeddedKeyStore({ path, mustExist: true })).toThrow(KeyStoreUnavailable);
    await writeFile(path, 'no database '.repeat(999));
    const before = await readFile(path);
    expect(() => openEmbeddedKeyStore({ path })).toThrow(/^The key store .*restore it from a backup\.$/);
    expect(await readFile(path)).toEqual(before);
  });
});
