/**
 * The log as a SQLite file. An event is a row; its position is the row id, given out inside the write lock, so
 * that the order of positions is the order of commits and no reader ever sees a later one first.
 *
 * What an append costs is the number of pages its commit has to write, and an index over many streams is
 * written all over. So the index of streams is kept narrow (a stream's name is stored once, the index repeats
 * a small integer) and in two parts: new events are placed in `recent_places`, a few pages that stay hot, and
 * every few thousand events these are moved to `places` together. This makes two to three times the
 * appends per second of a unique index on (name, revision). A stream's events in `places` all come before its events in
 * `recent_places`; nothing but these two says what a stream's head is, so nothing can disagree.
 */
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { StoreUnavailable } from '../port.js';

/** "TSEL" in ASCII, in the file's header: the mark by which a log is told from any other SQLite file. */
export const APPLICATION_ID = 0x5453454c;
export const SCHEMA_VERSION = 1;

/** How long a writer waits for the write lock of another process, in milliseconds. */
export const BUSY_TIMEOUT = 5000;

/** Pages of 4 KiB after which a commit moves the write-ahead log into the file; it stays near 8 MiB. */
const CHECKPOINT_PAGES = 2000;

const TABLES = `
  CREATE TABLE streams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  );
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL
  );
  CREATE TABLE places (
    stream INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (stream, revision)
  ) WITHOUT ROWID;
  CREATE TABLE recent_places (
    stream INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (stream, revision)
  ) WITHOUT ROWID;
  -- For people with a shell: the log as the port shows it.
  CREATE VIEW log AS
    SELECT position, name AS stream, revision, events.id AS id, type, data, metadata
    FROM events JOIN streams ON streams.id = events.stream;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};`;

/**
 * Opens the log at `path` for the one writer of this process and creates it where there is none.
 * @throws StoreUnavailable for a file of something else or of a newer version, else SQLite's own error
 */
export function openForWriting(path: string): DatabaseSyncInstance {
  const log = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
  try {
    checkOrigin(path, log);
    // WAL is a property of the file; asking for it again would need a lock for nothing.
    if (pragma(log, 'journal_mode') !== 'wal') log.exec('PRAGMA journal_mode = WAL');
    log.exec(`
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
      PRAGMA journal_size_limit = ${4 * CHECKPOINT_PAGES * 4096};
      PRAGMA cache_size = -32768;`);
    // An acknowledged append survives a power cut only in these two modes: never go on without them.
    if (pragma(log, 'journal_mode') !== 'wal' || pragma(log, 'synchronous') !== 2)
      throw new StoreUnavailable(`The event log ${path} cannot be made durable: keep it on a local disk.`);
    create(log);
    return log;
  } catch (error) {
    log.close();
    throw error;
  }
}

/** How a reader wants its rows. */
export const ROWS = { returnArrays: true, readBigInts: true } as const;

/** Opens the log for reading only. */
export function openForReading(path: string): DatabaseSyncInstance {
  const log = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT, ...ROWS });
  log.exec('PRAGMA cache_size = -16384');
  return log;
}

/** A part of the file as SQLite keeps it: a table, an index, a view or a trigger. */
export interface Part {
  readonly type: string;
  readonly name: string;
  /** The table or view that it is about. */
  readonly of: string;
  readonly sql: string | null;
}

export const PARTS = 'SELECT type, name, tbl_name AS of, sql FROM sqlite_schema';

/** The parts that a log is made with. */
export function partsMade(): Part[] {
  const made = new DatabaseSync(':memory:');
  try {
    made.exec(TABLES);
    return made.prepare(PARTS).all();
  } finally {
    made.close();
  }
}

function create(log: DatabaseSyncInstance): void {
  if (pragma(log, 'user_version') === SCHEMA_VERSION) return;
  log.exec('BEGIN IMMEDIATE');
  // Another process may have been first.
  if (pragma(log, 'user_version') !== SCHEMA_VERSION) log.exec(TABLES);
  log.exec('COMMIT');
}

/** @throws StoreUnavailable for a file of something else or of a newer version */
export function checkOrigin(path: string, log: DatabaseSyncInstance): 'new' | 'ours' {
  const origin = Number(pragma(log, 'application_id'));
  const version = Number(pragma(log, 'user_version'));
  if (origin === 0 && version === 0 && Number(pragma(log, 'schema_version')) === 0) return 'new';
  if (origin !== APPLICATION_ID)
    throw new StoreUnavailable(
      `The file ${path} belongs to another program: name another file for the event log.`,
    );
  if (version <= 0)
    throw new StoreUnavailable(
      `The event log ${path} is damaged, it has no version: restore it from a backup.`,
    );
  if (version > SCHEMA_VERSION)
    throw new StoreUnavailable(
      `The event log ${path} has version ${version}, this program knows ${SCHEMA_VERSION}: use a newer program.`,
    );
  return 'ours';
}

/** Whether rows come as objects or as arrays. */
const pragma = (log: DatabaseSyncInstance, name: string): unknown =>
  Object.values(log.prepare(`PRAGMA ${name}`).get() as object)[0];
