/**
 * Opens the file, or makes it anew. What is in it can always be rebuilt from the log, so a file that is
 * damaged or of another layout is not repaired or migrated but thrown away, and the caller is told. The file
 * of another application is never touched: it may be somebody's only copy, for example of the log.
 */
import { closeSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { ReadStoreUnavailable } from '../port.js';
import { codeOf, isDamage, translated } from './failure.js';
import { APPLICATION_ID, CATALOGUE, clearAside, LAYOUT } from './layout.js';
import { EmbeddedReadStore } from './store.js';
import { WriterThread } from './writer-thread.js';

export type ResetReason = 'damaged' | 'other layout';

export interface EmbeddedReadStoreOptions {
  readonly path: string;
  /** Needs the file to exist; one process opens it for writing first. Default: false. */
  readonly readOnly?: boolean;
  /** Called when the file was thrown away: all collections are to be rebuilt. */
  readonly onReset?: (reason: ResetReason) => void;
}

/** How long a commit waits for another process's, in milliseconds. */
const BUSY_TIMEOUT = 5000;
const MEBIBYTE = 1024 * 1024;

/** @throws ReadStoreUnavailable in one line that says what to do. */
export async function openEmbeddedReadStore(options: EmbeddedReadStoreOptions): Promise<EmbeddedReadStore> {
  const { path, readOnly = false, onReset } = options;
  try {
    if (!readOnly) prepareFile(path, onReset);
    return new EmbeddedReadStore(openForReading(path), path, readOnly ? null : new WriterThread(path));
  } catch (error) {
    throw translated(error, path);
  }
}

/** The writer's connection to a file that is there. */
export function openForWriting(path: string): DatabaseSyncInstance {
  return connected(path, false, prepareForWriting);
}

function openForReading(path: string): DatabaseSyncInstance {
  return connected(path, true, (db) => {
    if (identity(db) === 'ours') return db;
    throw new ReadStoreUnavailable(`${path} is not a read store of this version: open it for writing first`);
  });
}

/** Makes the file, or makes it anew, and finishes what a crash has left. */
function prepareFile(path: string, onReset: EmbeddedReadStoreOptions['onReset']): void {
  claimPath(path);
  const reason = reasonToReset(path);
  if (reason) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    claimPath(path);
    onReset?.(reason);
  }
  openForWriting(path).close();
}

/** Documents hold what people said: the file is the owner's alone. SQLite gives its log the same mode. */
function claimPath(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, 'a', 0o600));
  } catch (cause) {
    const reason = codeOf(cause) ?? 'unknown';
    throw new ReadStoreUnavailable(
      `Cannot write ${path} (${reason}): make its folder writable or choose another`,
      { cause },
    );
  }
}

function reasonToReset(path: string): ResetReason | undefined {
  const who = isForeign(path) ? 'foreign' : inspected(path);
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

function inspected(path: string): Identity | 'damaged' {
  try {
    return connected(path, false, (db) => {
      const who = identity(db);
      db.close();
      return who;
    });
  } catch (error) {
    if (isDamage(error)) return 'damaged';
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

/** Reads the header itself, so that even a damaged file of another application is left alone. */
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
