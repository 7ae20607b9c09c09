import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, openSync, closeSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { said } from './failure.js';
import type { Words } from './words.js';

const WORDS: Words = {
  subject: 'The book',
  whenDamaged: 'print it anew',
  whenForeign: 'is no book: name another',
  whenReplaced: 'put it back',
  unavailable: (message, options) => new Error(message, options),
};

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
  path = join(folder, 'book.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

function saidOf(work: () => unknown): ReturnType<typeof said> {
  try {
    work();
  } catch (error) {
    return said(error, WORDS, path);
  }
  throw new Error('It did not fail');
}

/** A table of 500 rows that fill a page each, of which those in the middle are overwritten. */
function damaged(): DatabaseSyncInstance {
  const database = new DatabaseSync(path);
  database.exec('CREATE TABLE pages (n INTEGER PRIMARY KEY, text TEXT)');
  const insert = database.prepare('INSERT INTO pages VALUES (?, ?)');
  for (let n = 0; n < 500; n++) insert.run(n, 'x'.repeat(3000));
  database.close();
  const file = openSync(path, 'r+');
  for (let page = 100; page < 200; page++) writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
  closeSync(file);
  return new DatabaseSync(path);
}

describe('what SQLite says', () => {
  it('of a file damaged in the middle is the same, whichever way the binding meets it', () => {
    const database = damaged();
    const pages = database.prepare('SELECT * FROM pages');
    const ways = [
      () => pages.all(),
      () => [...pages.iterate()],
      () => database.prepare('SELECT count(text) FROM pages').get(),
      () => database.exec('UPDATE pages SET text = NULL'),
      () => database.exec('VACUUM'),
    ];
    for (const way of ways)
      expect(saidOf(way)).toEqual({
        trouble: 'damaged',
        message: `The book ${path} is damaged: print it anew.`,
        reason: 'The book book.sqlite is damaged: print it anew.',
      });
    database.close();
  });

  it('of what is no database, no file or nowhere says so', () => {
    writeFileSync(path, 'Dear diary, '.repeat(1000));
    expect(saidOf(() => new DatabaseSync(path).exec('PRAGMA user_version'))).toMatchObject({
      message: `The book ${path} is no book: name another.`,
    });
    mkdirSync(join(folder, 'shelf'));
    for (const other of ['shelf', 'no/shelf'])
      expect(saidOf(() => new DatabaseSync(join(folder, other)))).toMatchObject({ trouble: 'closed' });
  });

  it('of what others hold, and of what may only be read, says so', () => {
    const database = new DatabaseSync(path, { timeout: 0 });
    database.exec('CREATE TABLE pages (n)');
    const other = new DatabaseSync(path);
    other.exec('BEGIN EXCLUSIVE');
    const insert = 'INSERT INTO pages VALUES (1) RETURNING n';
    expect(saidOf(() => database.exec(insert))).toMatchObject({ trouble: 'locked' });
    expect(saidOf(() => database.prepare(insert).get())).toMatchObject({ trouble: 'locked' });
    other.close();
    const reader = new DatabaseSync(path, { readOnly: true });
    expect(saidOf(() => reader.prepare(insert).all())).toMatchObject({
      message: `The book ${path} cannot be written: let this user write to the file and to its folder.`,
    });
    reader.close();
    database.close();
  });

  it('is understood by its code, by its message alone, and by what the system said to it', () => {
    const troubles = [
      [{ errcode: 5 }, 'locked'],
      [{ errcode: 266 }, 'disk'],
      [{ errcode: 1032 }, 'replaced'],
      [{ message: 'database is locked' }, 'locked'],
      [{ message: 'attempt to write a readonly database' }, 'read-only'],
      [{ message: 'disk I/O error' }, 'disk'],
      [{ message: 'database or disk is full' }, 'full'],
      [{ message: 'unable to open database file' }, 'closed'],
      [{ message: 'out of memory' }, 'memory'],
      [{ errcode: 778, systemErrno: 28 }, 'full'],
      [{ errcode: 778, systemErrno: 5 }, 'disk'],
      [{ message: 'no such table: pages' }, 'other'],
    ] as const;
    for (const [told, trouble] of troubles) {
      const error = Object.assign(new Error(), { code: 'ERR_SQLITE_ERROR' }, told);
      expect(said(error, WORDS, path)).toMatchObject({ trouble });
    }
  });
});

it('what the system says is understood too', () => {
  const denied = Object.assign(new Error(), { code: 'EACCES', syscall: 'open' });
  expect(said(denied, WORDS, path)).toMatchObject({ trouble: 'closed' });
  const full = Object.assign(new Error(), { code: 'ENOSPC', syscall: 'write' });
  expect(said(full, WORDS, path)).toMatchObject({ trouble: 'full' });
});

it('a defect is nothing that an operator could mend, and keeps its stack', () => {
  expect(said(new TypeError('x is not a function'), WORDS, path)).toBeNull();
});
