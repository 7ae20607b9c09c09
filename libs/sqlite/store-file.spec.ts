import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { until } from '#test/support/until.js';
import { StoreFile } from './store-file.js';
import type { Words } from './words.js';

const VISITOR = fileURLToPath(new URL('./visitor.fixture.js', import.meta.url));

class Unavailable extends Error {}

const WORDS: Words = {
  subject: 'The book',
  whenDamaged: 'print it anew',
  whenForeign: 'is no book',
  whenReplaced: 'put it back',
  unavailable: (message, options) => new Unavailable(message, options),
};

let folder: string;
let path: string;
let file: StoreFile;
let database: DatabaseSyncInstance;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
  path = join(folder, 'data', 'book.sqlite');
  file = new StoreFile(path, WORDS);
  file.claim();
  database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE pages (text TEXT)');
  file.opened(database);
});
afterEach(() => {
  if (database.isOpen) database.close();
  rmSync(folder, { recursive: true });
});

const write = (): void =>
  file.write(() => void database.prepare('INSERT INTO pages VALUES (?)').run('x'.repeat(3000)));
const read = (): unknown =>
  file.read(() => database.prepare('SELECT sum(length(text)) AS n FROM pages').get());

const SAYS = new RegExp(
  '^The book .*book.sqlite was replaced or removed while this process had it open: stop the process, put it back, start again.$',
);

/** As if nothing in the folder had changed for long: from then on its time is believed. */
function settled(): void {
  utimesSync(dirname(path), 1, 1);
  write();
}

describe.each([
  ['that was just opened', () => undefined],
  ['that was opened long ago', settled],
])('a file %s and is no longer there', (_, asked) => {
  beforeEach(asked);

  it.each([
    ['removed', () => rmSync(path)],
    ['removed with its folder', () => rmSync(dirname(path), { recursive: true })],
    ['moved', () => renameSync(path, `${path}.old`)],
    ['moved with its folder', () => renameSync(dirname(path), join(folder, 'old'))],
    [
      'replaced by a copy',
      () => {
        copyFileSync(path, `${path}.copy`);
        renameSync(`${path}.copy`, path);
      },
    ],
    ['without its write-ahead log', () => rmSync(`${path}-wal`)],
    ['without its shared memory', () => rmSync(`${path}-shm`)],
  ])('(%s) is not written to, and soon not read', async (_, lose) => {
    write();
    lose();
    expect(write).toThrow(Unavailable);
    expect(write).toThrow(SAYS);
    expect(read).toThrow(SAYS);
    expect(file.trouble()).toMatch(/^The book book.sqlite was replaced or removed/);
  });

  it('is missed by a reader too', async () => {
    rmSync(path);
    await until(() => {
      try {
        return void read();
      } catch (error) {
        return SAYS.test((error as Error).message);
      }
    });
  });

  it('is not acknowledged to hold what went into it while it was lost', () => {
    const lost = (): void => file.write(() => rmSync(dirname(path), { recursive: true }));
    expect(lost).toThrow(SAYS);
  });

  it('is not gone on with when it is back, for others may have begun another meanwhile', () => {
    renameSync(path, `${path}.old`);
    expect(write).toThrow(SAYS);
    renameSync(`${path}.old`, path);
    expect(write).toThrow(SAYS);
    expect(read).toThrow(SAYS);
  });

  it('is not begun anew by another thread of the process', () => {
    const { identity } = file;
    rmSync(path);
    expect(() => new StoreFile(path, WORDS, identity).claim()).toThrow(SAYS);
    expect(existsSync(path)).toBe(false);
  });
});

it('a file behind a link is the file, and is missed where it lies', () => {
  const link = join(folder, 'link.sqlite');
  symlinkSync(path, link);
  const linked = new StoreFile(link, WORDS);
  linked.claim();
  const other = new DatabaseSync(link);
  linked.opened(other);
  const change = (): void => linked.write(() => other.exec('INSERT INTO pages VALUES (1)'));
  change();
  rmSync(path);
  expect(change).toThrow(/link.sqlite was replaced or removed/);
  other.close();
});

it('a file that was closed is not said to be gone with what SQLite took away', () => {
  database.close();
  expect(read).toThrow(/does not answer \(database is not open\)/);
  expect(file.trouble()).toBeNull();
});

it('a file that others open, write, fold and close is the same file', () => {
  write();
  const sql = 'INSERT INTO pages SELECT * FROM pages; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)';
  expect(spawnSync(process.execPath, [VISITOR, path, sql]).status).toBe(0);
  write();
  expect(read()).toEqual({ n: 9000 });
  expect(file.trouble()).toBeNull();
});

describe('damage', () => {
  const PAGE = 4096;
  /** Overwrites pages that opening does not read; gives back how to put them right. */
  function damage(): () => void {
    const [bytes, garbage] = [Buffer.alloc(50 * PAGE), Buffer.alloc(50 * PAGE, 0xa5)];
    const put = (content: Buffer, before?: Buffer): void => {
      const raw = openSync(path, 'r+');
      if (before) readSync(raw, before, 0, before.length, 100 * PAGE);
      writeSync(raw, content, 0, content.length, 100 * PAGE);
      closeSync(raw);
    };
    put(garbage, bytes);
    return () => put(bytes);
  }

  it('is said until it reads well again, also while other reads and writes succeed', async () => {
    for (let page = 0; page < 300; page++) write();
    database.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA shrink_memory');
    const mend = damage();
    expect(read).toThrow(/is damaged: print it anew/);
    expect(file.read(() => database.prepare('PRAGMA user_version').get())).toEqual({ user_version: 0 });
    write();
    expect(file.trouble()).toBe('The book book.sqlite is damaged: print it anew.');
    mend();
    await until(() => file.trouble() === null);
    expect(read()).toEqual({ n: 301 * 3000 });
  });

  it('that a write meets is said until the end', () => {
    file.unwritten({ trouble: 'damaged', message: '', reason: 'damaged' });
    write();
    expect(file.trouble()).toBe('damaged');
  });
});

it('a write that failed is said until one succeeds, and one that had to wait is not', () => {
  file.unwritten({ trouble: 'locked', message: '', reason: 'locked' });
  expect(file.trouble()).toBeNull();
  file.unwritten({ trouble: 'disk', message: '', reason: 'disk' });
  expect(file.trouble()).toBe('disk');
  write();
  expect(file.trouble()).toBeNull();
});
