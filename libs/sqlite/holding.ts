/**
 * A database held by this process alone: nobody else has it open, and nobody else can open it until it is closed. Every
 * connection to a write-ahead log keeps a shared lock on its database as long as it is open, also one that does nothing
 * and one whose process is frozen; the system takes the locks of a process that was killed. So an exclusive lock is had
 * exactly when the file is not in use.
 *
 * What is held is to be read through the connection that holds it: another one of the same process is refused as well.
 */
import { DatabaseSync, type DatabaseSyncInstance, type DatabaseSyncOptions } from '@photostructure/sqlite';

/** How long it waits for somebody who is just leaving, in milliseconds. */
const PATIENCE_MS = 1_000;

const LOCKED = [5, 6];

export class InUse extends Error {
  override readonly name = 'InUse';
  constructor(
    readonly path: string,
    options: ErrorOptions,
  ) {
    super(`The file ${path} is in use: stop every process that has it open.`, options);
  }
}

/** @throws InUse; SQLite's own error, where the file is no database or cannot be opened */
export function holdAlone(path: string, options: DatabaseSyncOptions = {}): DatabaseSyncInstance {
  const database = new DatabaseSync(path, { timeout: PATIENCE_MS, ...options });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
    return database;
  } catch (error) {
    database.close();
    const { errcode } = error as { readonly errcode?: number };
    throw errcode !== undefined && LOCKED.includes(errcode & 0xff)
      ? new InUse(path, { cause: error })
      : error;
  }
}

/** Moves what is in the write-ahead log into the file, so that it is whole by itself and can be moved by itself. */
export const fold = (held: DatabaseSyncInstance): void => held.exec('PRAGMA journal_mode = DELETE');
