import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import { modeOf, openFilesIn } from '#test/support/other-user.js';
import { claim } from './closed-to-others.js';

const VISITOR = fileURLToPath(new URL('./visitor.fixture.js', import.meta.url));

let folder: string;
let path: string;
let umask: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
  path = join(folder, 'data', 'book.sqlite');
  umask = process.umask(0); // the mode is what was asked for, and no more
});
afterEach(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true });
});

describe('a file that was claimed', () => {
  it('is closed to others before SQLite opens it, and so is its folder', () => {
    claim(path);
    expect([modeOf(path), modeOf(dirname(path))]).toEqual(['0600', '0700']);
  });

  it('lends its mode to all that SQLite puts beside it', () => {
    claim(path);
    const database = new DatabaseSync(path);
    database.exec('BEGIN; CREATE TABLE pages (n)');
    expect(modeOf(`${path}-journal`)).toBe('0600');
    database.exec('COMMIT; PRAGMA journal_mode = WAL; INSERT INTO pages VALUES (1)');
    expect(existsSync(`${path}-shm`)).toBe(true);
    expect(openFilesIn(folder)).toEqual([]);
    database.close();
  });

  it('is closed where it was open, with what lies beside it', () => {
    claim(path);
    for (const part of ['', '-wal', '-shm', '-journal']) {
      writeFileSync(path + part, '');
      chmodSync(path + part, 0o664);
    }
    claim(path);
    expect(openFilesIn(folder)).toEqual([]);
  });

  it('keeps from its owner what it was kept from', () => {
    claim(path);
    chmodSync(path, 0o444);
    claim(path);
    expect(modeOf(path)).toBe('0400');
  });

  it('is the one that a link leads to, there or not yet', () => {
    const elsewhere = join(folder, 'elsewhere.sqlite');
    claim(path);
    rmSync(path);
    symlinkSync(elsewhere, path);
    claim(path);
    writeFileSync(`${elsewhere}-wal`, '');
    chmodSync(elsewhere, 0o644);
    claim(path);
    expect(openFilesIn(folder)).toEqual([]);
  });

  it('keeps the locks that this process has on it', () => {
    claim(path);
    const database = new DatabaseSync(path);
    database.exec('BEGIN IMMEDIATE');
    claim(path);
    const other = spawnSync(process.execPath, [VISITOR, path, 'BEGIN IMMEDIATE']);
    expect(String(other.stderr)).toContain('database is locked');
    database.close();
  });
});
