/**
 * Opens the file, or makes it anew. What is in it can always be rebuilt from the log, so a file that is
 * damaged or of another layout is not repaired or migrated but thrown away, and the caller is told. The file
 * of another application is never touched: it may be somebody's only copy, for example of the log.
 */
import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { StoreFile, type Identity as FileIdentity } from '#sqlite/index.js';
import { ReadStoreUnavailable } from '../port.js';
import { translated } from './failure.js';
import { APPLICATION_ID, CATALOGUE, clearAside, LAYOUT } from './layout.js';
import { EmbeddedReadStore } from './store.js';
import { WORDS } from './words.js';
import { WriterThread } from './writer-thread.js';

export type ResetReason = 'damaged' | 'other layout';

export interface EmbeddedReadStoreOptions {
  readonly path: string;
  /** Needs the file to exist; one process opens it for writing first. Default: false. */
  readonly readOnly?: boolean;
  /** The file that another thread of this process has open: it, and no other, is opened. */
  readonly identity?: FileIdentity | undefined;
  /** Called when the file was thrown away: all collections are to be rebuilt. */
  readonly onReset?: (reason: ResetReason) => void;
}

/** How long a commit waits for another process's, in milliseconds. */
const BUSY_TIMEOUT = 5000;
const MEBIBYTE = 1024 * 1024;

/** @throws ReadStoreUnavailable in one line that says what to do. */
export async function openEmbeddedReadStore(options: EmbeddedReadStoreOptions): Promise<EmbeddedReadStore> {
  const { path, readOnly = false, onReset, identity: opened } = options;
  const file = new StoreFile(path, WORDS, opened);
  try {
    if (opened !== undefined) file.claim();
    else if (!readOnly) prepareFile(file, onReset);
    return new EmbeddedReadStore(openForReading(file), file, readOnly ? null : new WriterThread(file));
  } catch (error) {
    throw translated(error, file);
  }
}

/** The writer's connection to a file that is there. */
export function openForWriting(path: string): DatabaseSyncInstance {
  return connected(path, false, prepareForWriting);
}

function openForReading(file: StoreFile): DatabaseSyncInstance {
  const { path } = file;
  return connected(path, true, (db) => {
    if (identity(db) !== 'ours')
      throw new ReadStoreUnavailable(
        `${path} is not a read store of this version: open it for writing first`,
      );
    file.opened(db);
    return db;
  });
}

/** Makes the file, or makes it anew, and finishes what a crash has left. */
function prepareFile(file: StoreFile, onReset: EmbeddedReadStoreOptions['onReset']): void {
  const { path } = file;
  file.claim();
  const reason = reasonToReset(file);
  if (reason) {
    for (const part of ['', '-wal', '-shm', '-journal']) rmSync(path + part, { force: true });
    file.claim();
    onReset?.(reason);
  }
  openForWriting(path).close();
}

function reasonToReset(file: StoreFile): ResetReason | undefined {
  const { path } = file;
  const who = inspected(file);
  switch (who) {
    case 'new':
    case 'ours':
      return undefined;
    case 'damaged':
    case 'other layout':
      return who;
    case 'foreign':
      throw new ReadStoreUnavailable(`${path} belongs to another application: choose another path`);
  }
}

function prepareForWriting(db: DatabaseSyncInstance): DatabaseSyncInstance {
  // NORMAL may lose the last commits when the machine stops, but never half of one: documents and their
  // checkpoint stay in step, and what is missing is folded from the log again. The write-ahead log grows to
  // 64 MiB between foldings: entries go to random pages, and a page is written back once however often it
  // changed.
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA secure_delete = ON;
    PRAGMA wal_autocheckpoint = ${(64 * MEBIBYTE) / 4096};
    PRAGMA journal_size_limit = ${64 * MEBIBYTE};`);
  createCatalogue(db);
  for (const step of clearAside(db)) void step;
  return db;
}

/**
 * Connects, and closes again where `use` throws. A reader has less to keep at hand than a writer, whose every
 * entry goes to another page.
 */
function connected<T>(path: string, readOnly: boolean, use: (db: DatabaseSyncInstance) => T): T {
  const db = new DatabaseSync(path, { readOnly, timeout: BUSY_TIMEOUT, defensive: true });
  try {
    db.exec(`PRAGMA cache_size = -${(readOnly ? 16 * MEBIBYTE : 64 * MEBIBYTE) / 1024}`);
    return use(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Asked again inside the transaction: another process may have been first. */
function createCatalogue(db: DatabaseSyncInstance): void {
  if (identity(db) === 'ours') return;
  db.exec('BEGIN IMMEDIATE');
  if (identity(db) === 'new') db.exec(CATALOGUE);
  db.exec('COMMIT');
}

type Identity = 'new' | 'ours' | 'other layout' | 'foreign';

/** By a connection that can only read, as long as a file does not have to be written to be read after a crash. */
function inspected(file: StoreFile, readOnly = true): Identity | 'damaged' {
  try {
    return connected(file.path, readOnly, (db) => {
      const who = identity(db);
      db.close();
      return who;
    });
  } catch (error) {
    switch (file.said(error)?.trouble) {
      case 'damaged':
      case 'foreign':
        return isForeign(file.path) ? 'foreign' : 'damaged';
      case 'read-only':
        if (readOnly) return inspected(file, false);
    }
    throw error;
  }
}

function identity(db: DatabaseSyncInstance): Identity {
  const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() as object)[0];
  const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
  if (tables === 0) return 'new';
  if (pragma('application_id') !== APPLICATION_ID) return 'foreign';
  if (pragma('user_version') !== LAYOUT) return 'other layout';
  db.exec('SELECT 1 FROM collections, partitions, views, leases LIMIT 1');
  return 'ours';
}

/**
 * Reads the header itself, so that even a damaged file of another application is left alone. Only of a file that SQLite
 * cannot read: to open one that it has open and close it again ends its locks.
 */
function isForeign(path: string): boolean {
  const header = Buffer.alloc(100);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  const application = header.readInt32BE(68);
  return (
    header.toString('latin1', 0, 15) === 'SQLite format 3' &&
    application !== 0 &&
    application !== APPLICATION_ID
  );
}
