/**
 * A start that cannot succeed says in one line what is wrong and what to do, ends with its exit code and damages
 * nothing. One that can, does.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { failToStart, startServer, type Ended } from '#test/support/server.js';
import { startTouchstone, type Keys } from '#test/support/touchstone.js';
import { readConfig } from '../../apps/composition/config.js';
import { openStores } from '../../apps/composition/stores.js';

let folder: string;
const file = (name: string): string => join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** One line, without a stack, on standard error. */
function expectOneLine({ error }: Ended, ...said: readonly RegExp[]): void {
  expect(error).toMatch(/^.*\n$/);
  for (const pattern of said) expect(error).toMatch(pattern);
}

/** A folder in which a customer was registered, and the keys that let one in. */
async function used(): Promise<Keys> {
  const touchstone = await startTouchstone({ folder });
  await touchstone.post('/v1/customers', { kind: 'person', name: 'Ada' }).expect(201);
  await touchstone.stop();
  return touchstone.keys;
}

async function contents(): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => !/-(wal|shm)$/.test(name)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await readFile(file(name))).toString('base64')])),
  );
}

/** Opening says what is wrong in one line, and leaves every file as it was. */
async function refusesToOpen(...said: readonly RegExp[]): Promise<void> {
  const before = await contents();
  const { message } = await openStores({ dataFolder: folder }).then(
    () => new Error('it opened'),
    (error: Error) => error,
  );
  for (const pattern of [/^.+$/, ...said]) expect(message).toMatch(pattern); // without the flag s: one line
  expect(await contents()).toEqual(before);
}

const GARBAGE = Buffer.alloc(8192, 'no database ');

describe('a wrong configuration', () => {
  it.each([
    ['PORT', 'http', 'PORT must be a whole number from 0 to 65535, not "http".'],
    ['PORT', '65536', 'PORT must be a whole number from 0 to 65535, not "65536".'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be one of fatal, error, warn, info, debug, silent, not "loud".'],
    ['READY_LAG_SECONDS', '-1', 'READY_LAG_SECONDS must be a whole number from 1 to 86400, not "-1".'],
  ])('(%s=%s) is said as it is', (name, value, says) => {
    expect(() => readConfig({ [name]: value })).toThrow(says);
  });

  it('ends with code 2, before anything is made', async () => {
    const ended = await failToStart(file('data'), { PORT: 'http' });
    expect(ended.code).toBe(2);
    expectOneLine(ended, /PORT must be a whole number/);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('the former name of a setting', () => {
  it('is said once, with the name that took its place, and taken as that', async () => {
    const { code, error } = await failToStart(folder, { EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false' });
    expect(code).toBe(1);
    expect(error.split('\n')).toEqual([
      expect.stringMatching(/^EVENTSTORE_URL is the former name of EVENTS_URL: set that in its place/),
      expect.stringMatching(/^EventStoreDB at 127\.0\.0\.1:1 is not available/),
      '',
    ]);
  });
});

describe('a port that is taken', () => {
  it('is said, and the key of a first start is not lost by it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo; // it listens on a port
    const ended = await failToStart(folder, { PORT: String(port) });
    other.close();
    expect(ended.code).toBe(1);
    expectOneLine(ended, new RegExp(`Port ${port} of 127.0.0.1 is taken`), /set PORT/);
    const key = /shown this once: (\S+)/.exec(ended.out)?.[1] ?? '';

    const server = await startServer(folder, { LOG_LEVEL: 'info' });
    expect((await server.send('GET', '/v1/api-keys', { key })).status).toBe(200);
    server.closeOutput(); // nobody reads its log any more, and that is no reason to stop serving
    for (let request = 0; request < 100; request++)
      expect((await server.send('GET', '/v1/api-keys', { key })).status).toBe(200);
    expect(await server.stop()).toBe(0);
  });
});

describe('a data folder', () => {
  it('that this user may not write to ends the start with code 1', async () => {
    await chmod(folder, 0o555);
    const ended = await failToStart(folder, {}, { asNobody: true });
    expect(ended.code).toBe(1);
    expectOneLine(ended, /events\.sqlite cannot be opened/, /this user may write there/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('that is a file, or below one, is named', async () => {
    await writeFile(file('taken'), 'mine');
    for (const dataFolder of [file('taken'), file('taken/data')])
      await expect(openStores({ dataFolder })).rejects.toThrow(
        /taken.* cannot be opened: check that its folder/,
      );
    expect(await readFile(file('taken'), 'utf8')).toBe('mine');
  });

  it.each(['events', 'keys', 'views'])('in which a folder is called %s.sqlite is named', async (name) => {
    await mkdir(file(`${name}.sqlite`));
    await expect(openStores({ dataFolder: folder })).rejects.toThrow(
      new RegExp(`${name}\\.sqlite cannot be opened: check that its folder exists`),
    );
  });
});

describe('a file that is damaged', () => {
  it.each([
    ['events.sqlite', /is not an event log: restore it from a backup, or name another file/],
    ['keys.sqlite', /is no file of keys: restore it from a backup/],
  ])('(%s) is named and left as it is', async (name, says) => {
    await used();
    await writeFile(file(name), GARBAGE);
    await rm(file(`${name}-wal`), { force: true }); // SQLite would heal it from there
    await refusesToOpen(new RegExp(name.replace('.', '\\.')), says);
  });

  it('of views is made anew from the log', async () => {
    const keys = await used();
    const damages = [
      () => writeFile(file('views.sqlite'), GARBAGE),
      () => truncate(file('views.sqlite'), 5_000),
      () => rm(file('views.sqlite')),
    ];
    for (const damage of damages) {
      await damage();
      const touchstone = await startTouchstone({ folder, keys });
      const { body } = await touchstone.get('/v1/customers').expect(200);
      expect(body).toMatchObject({ items: [{ personal: { name: 'Ada' } }], next: null });
      await touchstone.stop();
    }
  });
});

describe('files that do not belong together', () => {
  it('(a log of a newer schema) are left to a newer program', async () => {
    await used();
    const log = new DatabaseSync(file('events.sqlite'));
    log.exec('PRAGMA user_version = 99');
    log.close();
    await refusesToOpen(/version 99, this program knows 1: use a newer program/);
  });

  it('(a log without its keys) are not taken for a log of erased people', async () => {
    await used();
    await rm(file('keys.sqlite'));
    await refusesToOpen(/has events, but its keys .* are not there/);
  });

  it('(a log with the keys of another) are refused, for nobody in it could be read', async () => {
    await used();
    const other = await startTouchstone();
    await other.stores.keyStore.compact(); // all of it in the one file
    await rm(file('keys.sqlite'));
    await copyFile(join(other.folder, 'keys.sqlite'), file('keys.sqlite'));
    await other.stop();
    await refusesToOpen(/written with the key store .*, and this is .*Correct KEYS_URL/);
  });
});
