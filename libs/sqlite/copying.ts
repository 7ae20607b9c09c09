/**
 * Copies of a database, made while others go on writing to it. A copy is one file with nothing beside it, is closed to
 * others before its first byte is written, and is on the disk when the function returns.
 *
 * There are two ways. `copyAsOf` takes the pages as they are, says how far it is, and is for what is large. `copyAfresh`
 * writes every row anew: no page of such a copy holds what was deleted.
 */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { claim } from './closed-to-others.js';
import type { StoreFile } from './store-file.js';

/** Pages of 4 KiB that are copied before it is said how far it is. */
const PAGES_A_STEP = 1024;

/**
 * @param source within a read transaction: the copy is of what that sees. Outside of one SQLite would begin anew
 * whenever somebody writes, and never end on a busy database
 * @param at told the share that is copied, from 0 to 1
 */
export async function copyAsOf(
  source: DatabaseSyncInstance,
  to: string,
  at: (share: number) => void,
): Promise<void> {
  claim(to);
  await backup(source, to, {
    rate: PAGES_A_STEP,
    progress: ({ totalPages, remainingPages }) => at(1 - remainingPages / totalPages),
  });
  settle(to);
}

/** @param source outside of a transaction */
export function copyAfresh(source: DatabaseSyncInstance, to: string): void {
  claim(to);
  source.prepare('VACUUM INTO ?').run(to);
  settle(to);
}

/** Says what went wrong of the file that it is about: the source is only read, and all but damage is the copy's. */
export async function copying(
  source: StoreFile,
  copy: StoreFile,
  work: () => Promise<void> | void,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const trouble = copy.said(error)?.trouble;
    throw trouble === 'damaged' || trouble === 'foreign' ? source.error(error) : copy.error(error);
  }
}

/** Null for a file whose pages and indexes agree, else the first that is wrong, in SQLite's words. */
export function damageIn(database: DatabaseSyncInstance): string | null {
  const said = Object.values(database.prepare('PRAGMA integrity_check(1)').get() as object)[0];
  return said === 'ok' ? null : String(said);
}

/** Waits for the disk. */
export function sync(path: string): void {
  const opened = openSync(path, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

/** A copy knows of its source's write-ahead log; without one it is whole by itself, and reading it changes nothing. */
function settle(copy: string): void {
  const database = new DatabaseSync(copy);
  try {
    database.exec('PRAGMA journal_mode = DELETE');
  } finally {
    database.close();
  }
  sync(copy);
  sync(dirname(copy));
}
